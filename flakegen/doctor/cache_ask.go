package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

// cacheAnswer is what a cache says of itself.
type cacheAnswer struct {
	substituter.Status
	after time.Duration
}

func (a cacheAnswer) String() string {
	if a.State == substituter.NotAsked {
		return "not asked here: " + a.Reason
	}
	text := fmt.Sprintf("answers in %s; priority %d", seconds(a.after), a.Priority)
	if a.WantMassQuery {
		text += ", wants mass queries"
	}
	return text
}

// askCache asks a cache what it is, once, as Nix would: through the same proxy, with
// the same login and the same authorities.
func (e *examination) askCache(ctx context.Context, s nixcmd.Settings, uri string) cacheAnswer {
	start := e.Now()
	opened := make(chan substituter.Status, 1)
	go func() {
		caches, err := substituter.Open(ctx, substituter.Settings{
			Substituters: []string{uri},
			NetrcFile:    s.NetrcFile, CertFile: s.CertFile, NoHTTP2: !s.HTTP2, Variable: e.Variable, UserAgent: e.UserAgent,
			Limits: substituter.Limits{Request: e.CacheLimit, Attempts: 1},
		})
		if err != nil {
			opened <- substituter.Status{State: substituter.Unusable, Trouble: substituter.OtherTrouble, Reason: nixcmd.Printable(err.Error())}
			return
		}
		defer caches.Close()
		opened <- caches.Status()[0]
	}()
	select {
	case status := <-opened:
		return cacheAnswer{status, e.Now().Sub(start)}
	case <-ctx.Done():
		return cacheAnswer{Status: substituter.Status{State: substituter.Unusable, Trouble: substituter.TooLate}}
	case <-time.After(e.CacheLimit + e.CacheLimit/10):
		// A folder on a file system that hangs: reading it cannot be ended.
		return cacheAnswer{Status: substituter.Status{State: substituter.Unusable, Trouble: substituter.TooLate}}
	}
}

// unusable says of a cache that does not answer as one why that is, and what to do.
func (e *examination) unusable(s nixcmd.Settings, c cache, a cacheAnswer) Finding {
	const rule = "cache"
	f := fault(rule, shownURI(c.uri), "%s", a.Reason)
	place := "the setting substituters"
	if !c.used {
		f.Level, place = Note, "the spec" // Nix does not ask it by itself
	}
	away := "If it is gone for good, take it out of " + place + "."
	const waits = "Nix waits for it whenever it looks for something there."
	u, err := url.Parse(c.uri)
	if err != nil {
		return f.advise("Mend its URI in " + place + ".")
	}
	curl := curlOf(*u)
	switch a.Trouble {
	case substituter.NoTrouble, substituter.OtherTrouble:
		return f.because(waits).advise("See what it says. "+away, curl)
	case substituter.WantsLogin, substituter.Forbidden:
		return e.refused(s, f, u, a)
	case substituter.WantsProxyLogin:
		f.Summary = "the proxy on the way to it wants a login (HTTP 407)"
		return f.advise("Put a name and a password for the proxy before its host, in the variable " + u.Scheme + "_proxy.")
	case substituter.NoInfo:
		f.Summary = "it has no nix-cache-info, so it is no cache"
		return f.advise("Mend its URI in "+place+". This is to say what it is:", curl)
	case substituter.OtherStore:
		return f.because("Nothing that it has fits into /nix/store.").advise("Take it out of " + place + ".")
	case substituter.BadCertificate:
		f.Summary = "its certificate is not accepted"
		f = f.because("%s", a.Reason)
		const advice = "Where an authority of your own vouches for it, name a file that has that one beside the usual ones; else its owner has to mend it."
		if s.CertFile == "" { // no setting before 2.15
			return f.advise(advice, "export NIX_SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt")
		}
		f = e.set(f, machineSetting, "ssl-cert-file", "/etc/ssl/certs/ca-certificates.crt")
		f.Advice = advice + " " + f.Advice
		return f
	case substituter.UnknownHost:
		f.Summary = "there is no host of that name"
		return f.because(waits).advise("Mend the name in " + place + ", or take it out there if it is gone for good.")
	case substituter.NoServer:
		f.Summary = "nothing answers there"
		return f.because(waits).advise("Is it up, and is this machine in its network? "+away, curl)
	case substituter.TooLate:
		f.Summary = "no answer in " + seconds(e.CacheLimit)
		return f.because(waits).advise("Is it up, and is this machine in its network? "+away, curl)
	}
	panic(fmt.Sprintf("trouble %d", int(a.Trouble)))
}

// refused is a cache that does not let this user in.
func (e *examination) refused(s nixcmd.Settings, f Finding, u *url.URL, a cacheAnswer) Finding {
	if u.Scheme == "file" {
		f.Summary = "its folder may not be read by this user"
		return f.advise("Let everybody read it:", nixcmd.Printable(nixcmd.CommandLine("chmod", []string{"-R", "a+rX", u.Path})))
	}
	wantsLogin := a.Trouble == substituter.WantsLogin
	from := nixcmd.Printable(s.NetrcFile)
	if u.User != nil {
		from = "its URI"
	}
	switch {
	case wantsLogin && a.LoggedIn:
		f.Summary = "it does not know the login that it is given (HTTP 401)"
		f = f.advise("Mend the name and the password in " + from + ".")
	case wantsLogin:
		f.Summary = "it wants a login (HTTP 401)"
	case a.LoggedIn:
		f.Summary = "its login may not read (HTTP 403)"
		f = f.advise("Let its owner give that name the right to read, or take another login in " + from + ".")
	default:
		f.Summary = "it refuses access (HTTP 403)"
		f = f.because("It may want a login; some servers say so too where nothing is.")
	}
	if a.LoggedIn {
		return f
	}
	if s.NetrcFile == "" {
		return e.set(f, machineSetting, "netrc-file", "/etc/nix/netrc")
	}
	if name := strings.TrimPrefix(s.NetrcFile, "/"); fs.ValidPath(name) && e.forbids(name) {
		f.Level = Note
		return f.because("%s, which may have one, cannot be read by this user.", from).advise("Ask as root:", "sudo flakegen doctor")
	}
	return f.advise("Put one into "+from+":", "machine "+nixcmd.Printable(u.Hostname())+" login NAME password PASSWORD")
}

// forbids says whether a file of the machine is there and may not be read.
func (e *examination) forbids(name string) bool {
	file, err := e.Machine.Open(name)
	if err == nil {
		file.Close()
	}
	return errors.Is(err, fs.ErrPermission)
}

// curlOf is the command that asks a cache what it is. It has no password in it, which
// curl asks for, nor a token that stands in place of a name.
func curlOf(u url.URL) string {
	words := []string{"-sSfL"}
	if login := u.User; login != nil {
		name := "TOKEN:"
		if _, secret := login.Password(); secret {
			name = login.Username()
		}
		words = append(words, "-u", name)
		u.User = nil
	}
	return nixcmd.Printable(nixcmd.CommandLine("curl", append(words, infoURL(u.String()))))
}

// infoURL is where a cache says what it is.
func infoURL(uri string) string {
	uri, _, _ = strings.Cut(uri, "?")
	return strings.TrimRight(uri, "/") + "/nix-cache-info"
}
