package substituter

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
)

// Trouble is what kind of thing is wrong with a cache, for those who say what to
// do about it. [Status.Reason] has the words.
type Trouble int

const (
	// NoTrouble: it answers, or is not asked.
	NoTrouble Trouble = iota
	// OtherTrouble: it is none of those below.
	OtherTrouble
	// WantsLogin: it answers with HTTP 401. Where it was given a login, that is
	// not the right one.
	WantsLogin
	// WantsProxyLogin: the proxy on the way to it answers with HTTP 407.
	WantsProxyLogin
	// Forbidden: it answers with HTTP 403, or its folder may not be read.
	Forbidden
	// NoInfo: it has no nix-cache-info. To Nix a folder without one is a new cache
	// that has nothing yet, and it is [Asked].
	NoInfo
	// OtherStore: its paths are for another folder than /nix/store.
	OtherStore
	// BadCertificate: nobody who is trusted vouches for it, or not under this name,
	// or not today.
	BadCertificate
	// UnknownHost: there is no host of its name.
	UnknownHost
	// NoServer: nothing answers at its address.
	NoServer
	// TooLate: it did not answer in time.
	TooLate
)

var (
	// errAbsent: the cache does not have it.
	errAbsent = errors.New("it is not there")
	// errDenied: the cache does not say.
	errDenied = errors.New("access is denied")

	errNoInfo     = errors.New("it has no nix-cache-info, so it is no cache")
	errOtherStore = errors.New("it is for the store")
	errTooLate    = errors.New("it did not answer in time")
)

// deniedError is errDenied with the status of the answer.
type deniedError struct{ status int }

func (e deniedError) Error() string { return fmt.Sprintf("%s (HTTP %d)", errDenied, e.status) }
func (e deniedError) Unwrap() error { return errDenied }

func troubleOf(err error) Trouble {
	var denied deniedError
	var certificate *tls.CertificateVerificationError
	var name *net.DNSError
	switch {
	case err == nil:
		return NoTrouble
	case errors.As(err, &denied) && denied.status == http.StatusUnauthorized:
		return WantsLogin
	case errors.As(err, &denied) && denied.status == http.StatusProxyAuthRequired:
		return WantsProxyLogin
	case errors.Is(err, errDenied), errors.Is(err, os.ErrPermission):
		return Forbidden
	case errors.Is(err, errNoInfo):
		return NoInfo
	case errors.Is(err, errOtherStore):
		return OtherStore
	case errors.As(err, &certificate):
		return BadCertificate
	case errors.Is(err, errTooLate):
		return TooLate
	case errors.As(err, &name) && name.IsNotFound:
		return UnknownHost
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return NoServer
	}
	return OtherTrouble
}
