package substituter

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/net/http/httpproxy"
)

// maxRedirects and maxHeader bound what a server may do before it answers.
const (
	maxRedirects = 10 // as Nix
	maxHeader    = 64 << 10
)

// web is an http:// or https:// cache.
type web struct {
	base   *url.URL
	client *retryablehttp.Client
	agent  string
	logins netrc
	close  func()
}

func newWeb(base *url.URL, s Settings) (*web, error) {
	transport := &http.Transport{
		Proxy:                  proxies(s.Variable),
		DialContext:            (&net.Dialer{Timeout: s.Limits.Request, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    s.Limits.Request,
		MaxIdleConnsPerHost:    s.Connections,
		MaxConnsPerHost:        s.Connections,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeader,
		ForceAttemptHTTP2:      !s.NoHTTP2,
	}
	if s.NoHTTP2 {
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	certFile := s.CertFile
	if certFile == "" && s.Variable != nil {
		certFile = s.Variable("NIX_SSL_CERT_FILE")
	}
	if certFile != "" {
		authorities, err := os.ReadFile(certFile)
		// Where the file is missing nothing could be verified; Nix's default is one
		// that not every system has.
		if err == nil {
			pool := x509.NewCertPool()
			pool.AppendCertsFromPEM(authorities)
			transport.TLSClientConfig = &tls.Config{RootCAs: pool}
		}
	}
	logins, err := readNetrc(s.NetrcFile)
	if err != nil {
		return nil, err
	}
	w := &web{base: base, agent: s.UserAgent, logins: logins, close: transport.CloseIdleConnections}
	w.client = &retryablehttp.Client{
		HTTPClient: &http.Client{
			Timeout:       s.Limits.Request,
			Transport:     whole{next: authorized{next: transport, logins: logins}, limit: s.Limits.Bytes},
			CheckRedirect: redirect,
		},
		RetryMax:     s.Limits.Attempts - 1,
		RetryWaitMin: s.Limits.Wait,
		RetryWaitMax: s.Limits.RetryAfter,
		Backoff:      retryablehttp.DefaultBackoff,
		CheckRetry:   retry(s.Limits.RetryAfter),
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return w, nil
}

func (w *web) get(ctx context.Context, name string) ([]byte, error) {
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, w.base.JoinPath(name).String(), nil)
	if err != nil {
		return nil, err
	}
	if w.agent != "" {
		request.Header.Set("User-Agent", w.agent)
	}
	response, err := w.client.Do(request)
	if err != nil {
		return nil, plainly(ctx, err)
	}
	defer response.Body.Close()
	switch status := response.StatusCode; status {
	case http.StatusOK:
		if encoding := response.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
			return nil, fmt.Errorf("it answers with the encoding %q, which is not read here", encoding)
		}
		return io.ReadAll(response.Body)
	case http.StatusNotFound, http.StatusGone:
		return nil, errAbsent
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return nil, deniedError{status}
	default:
		return nil, fmt.Errorf("it answers with HTTP %d", status)
	}
}

// plainly says in a word what made a request fail: the error of the client holds
// the method and the URL, which is that of the last redirect and may be long.
func plainly(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var at *url.Error
	if !errors.As(err, &at) {
		return err
	}
	if at.Timeout() {
		return errTooLate
	}
	return at.Err
}

// retry says which answers may be other ones the next time: the statuses that Nix
// counts as transient, and connections that broke. What timed out had its time.
func retry(longest time.Duration) retryablehttp.CheckRetry {
	return func(ctx context.Context, response *http.Response, err error) (bool, error) {
		var timeout net.Error
		switch {
		case ctx.Err() != nil:
			return false, context.Cause(ctx)
		case errors.Is(err, errTooLong), errors.As(err, &timeout) && timeout.Timeout():
			return false, err
		case err != nil:
			return retryablehttp.ErrorPropagatedRetryPolicy(ctx, response, err)
		}
		switch status := response.StatusCode; {
		case status == http.StatusNotImplemented, status == http.StatusHTTPVersionNotSupported, status == http.StatusNetworkAuthenticationRequired:
			return false, nil
		case status != http.StatusTooManyRequests && status != http.StatusRequestTimeout && status < 500:
			return false, nil
		}
		if wait := retryablehttp.DefaultBackoff(0, 0, 0, response); wait > longest {
			return false, fmt.Errorf("it answers with HTTP %d and asks to wait for %s", response.StatusCode, wait.Round(time.Second))
		}
		return true, nil
	}
}

func redirect(_ *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("stopped after %d redirects", maxRedirects) // the client knows these words and does not try again
	}
	return nil
}

// whole reads an answer to its end before it counts as one, so that a connection
// which breaks in the middle is a failure like any other, and one request is over
// when it returns.
type whole struct {
	next  http.RoundTripper
	limit int64
}

// maxOther is how much is read of an answer that is not wanted, for the
// connection's sake.
const maxOther = 64 << 10

func (w whole) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := w.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	limit := w.limit
	if response.StatusCode != http.StatusOK {
		limit = maxOther
	}
	text, err := readBounded(response.Body, limit)
	if err != nil {
		if response.StatusCode == http.StatusOK {
			return nil, err
		}
		text = nil // what an error page says does not matter
	}
	response.Body = io.NopCloser(bytes.NewReader(text))
	return response, nil
}

// authorized logs in where netrc-file has a login for the host, after a redirect
// for the other host, as curl does.
type authorized struct {
	next   http.RoundTripper
	logins netrc
}

func (a authorized) RoundTrip(request *http.Request) (*http.Response, error) {
	if login, ok := a.logins.find(request.URL.Hostname()); ok && request.URL.User == nil {
		request = request.Clone(request.Context())
		request.SetBasicAuth(login.name, login.password)
	}
	return a.next.RoundTrip(request)
}

// proxies are those that curl, and so Nix, takes from the environment. HTTP_PROXY
// is not among them: a web server sets it to what a client says. A cache on this
// machine is asked without one.
func proxies(variable func(string) string) func(*http.Request) (*url.URL, error) {
	if variable == nil {
		return nil
	}
	first := func(names ...string) string {
		for _, name := range names {
			if value := variable(name); value != "" {
				return value
			}
		}
		return ""
	}
	proxy := (&httpproxy.Config{
		HTTPProxy:  first("http_proxy", "all_proxy", "ALL_PROXY"),
		HTTPSProxy: first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
		NoProxy:    first("no_proxy", "NO_PROXY"),
	}).ProxyFunc()
	return func(request *http.Request) (*url.URL, error) { return proxy(request.URL) }
}
