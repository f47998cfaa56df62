package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// contact is what came of asking a remote builder.
type contact struct {
	builder nixcmd.Builder
	// name is its URI, fit for a terminal and without a password.
	name  string
	info  nixcmd.StoreInfo
	after time.Duration
	err   error
}

// contactAll opens the store of each remote builder, all at once. A builder that
// stands in several lines is asked once.
func (e *examination) contactAll(ctx context.Context) []contact {
	s, err := e.settings()
	if err != nil {
		return nil
	}
	contacts := make([]contact, len(s.Builders))
	first := map[string]int{}
	var asking sync.WaitGroup
	for i, b := range s.Builders {
		contacts[i] = contact{builder: b, name: shownURI(b.URI)}
		uri := b.StoreURI()
		if _, asked := first[uri]; asked {
			continue
		}
		first[uri] = i
		asking.Go(func() {
			c, start := &contacts[i], e.Now()
			c.info, c.err = e.ping(ctx, e.BuilderLimit, uri)
			c.after = e.Now().Sub(start)
		})
	}
	asking.Wait()
	for i, b := range s.Builders {
		same := contacts[first[b.StoreURI()]]
		contacts[i].info, contacts[i].err, contacts[i].after = same.info, same.err, same.after
	}
	return contacts
}

// shownURI is a URI fit for a terminal: printable, without a password and without
// parameters.
func shownURI(uri string) string {
	uri, _, _ = strings.Cut(uri, "?")
	return nixcmd.Printable(nixcmd.WithoutPasswords(uri))
}

func (e *examination) builders(context.Context) []Finding {
	s, err := e.settings()
	if err != nil {
		return nil
	}
	const rule = "builder"
	var findings []Finding
	for _, c := range e.contacts() {
		systems := nixcmd.Printable(strings.Join(c.builder.Systems, ", "))
		switch {
		case c.err == nil && c.builder.MaxJobs <= 0:
			findings = append(findings, note(rule, c.name, "answers, and may run no build: its line says 0 jobs").
				advise("Change the fourth field of its line."))
		case c.err == nil:
			summary := fmt.Sprintf("answers in %s; %s, %s at once", seconds(c.after), systems, counted(c.builder.MaxJobs, "build"))
			if c.info.Trust == nixcmd.NotTrusted {
				login, _ := splitLogin(c.builder.URI)
				if login == "" {
					login = e.User
				}
				findings = append(findings, fault(rule, c.name, "answers, and does not trust this user").
					because("A builder that does not trust the one who sends builds refuses inputs that are not signed.").
					advise("On the builder, in /etc/nix/nix.conf:", "extra-trusted-users = "+nixcmd.Printable(login)))
				continue
			}
			findings = append(findings, ok(rule, c.name, "%s", summary))
		default:
			findings = append(findings, e.silent(c))
		}
	}
	for _, file := range s.UnreadBuilders {
		findings = append(findings, note(rule, "builders", "%s cannot be read by this user", nixcmd.Printable(file)).
			because("Its builders are known to the daemon and not here.").
			advise("Ask as root:", "sudo flakegen doctor"))
	}
	return findings
}

// refusal is why a builder does not answer, in plain words.
type refusal struct {
	// says is part of what ssh, the shell there or Nix say.
	says []string
	what string
	// advice may be followed by a command for the host.
	advice  string
	command func(host string) string
	// mine says that it depends on the user who asks: on the keys and the known
	// hosts.
	mine bool
	// hostKey says that ssh does not believe the host. Nix does not let it say
	// whether its key is another one or not known at all.
	hostKey bool
}

// refusals are tried in this order: the more exact words stand first.
var refusals = []refusal{
	{says: []string{"unable to execute 'ssh'", "executing 'ssh'"}, what: "there is no ssh on this machine", advice: "Install an ssh client."},
	{says: []string{"Could not resolve hostname", "Name or service not known"}, what: "there is no host of that name",
		advice: "Mend the name, or give it an address in ~/.ssh/config or /etc/hosts."},
	{says: []string{"Host key verification failed"}, what: "its host key is not known", mine: true, hostKey: true,
		advice: "Log in once, compare the fingerprint, and accept it:", command: func(host string) string { return nixcmd.CommandLine("ssh", []string{host, "true"}) }},
	{says: []string{"Permission denied (", "Too many authentication failures"}, what: "it refuses the key of this user", mine: true,
		advice: "See which keys are offered, and put one into its authorized_keys:", command: func(host string) string { return nixcmd.CommandLine("ssh", []string{"-v", host, "true"}) }},
	{says: []string{"Connection refused"}, what: "nothing answers on its ssh port",
		advice: "Is it up, and does sshd run there?", command: func(host string) string { return nixcmd.CommandLine("ssh", []string{host, "true"}) }},
	{says: []string{"Connection timed out", "Operation timed out", "No route to host", "Network is unreachable"}, what: "it cannot be reached",
		advice: "Is it up, and is this machine in its network?", command: func(host string) string { return nixcmd.CommandLine("ssh", []string{host, "true"}) }},
	{says: []string{"command not found", ": not found", "No such file or directory", "Unknown command"}, what: "there is no nix on the PATH that ssh gives it",
		advice: "Install Nix there, or name the program: ?remote-program=/nix/var/nix/profiles/default/bin/nix-daemon", command: func(host string) string { return nixcmd.CommandLine("ssh", []string{host, "nix-daemon", "--version"}) }},
}

// silent describes a builder that does not answer.
func (e *examination) silent(c contact) Finding {
	const rule = "builder"
	login, host := splitLogin(c.builder.URI)
	if login != "" {
		host = login + "@" + host
	}
	host = nixcmd.Printable(host)
	if errors.Is(c.err, errNoAnswer) {
		return fault(rule, c.name, "no answer in %s", seconds(e.BuilderLimit)).
			because("Nix would wait for it before each build.").
			advise("Is it up, and in this network?", nixcmd.CommandLine("ssh", []string{host, "true"}))
	}
	r := refusalOf(c.err)
	if r == nil {
		return fault(rule, c.name, "it does not answer").because("%s", said(c.err)).advise("Run it by hand to see more.", commandOf(c.err)...)
	}
	if r.hostKey && c.builder.HostKey != "" {
		return fault(rule, c.name, "its host key is not the one that its line gives").
			because("Another machine has its name, or it was set up anew.").
			advise("If that is so, put the new key into the line, in base64:", nixcmd.CommandLine("ssh-keyscan", []string{"-t", "ed25519", host[strings.IndexByte(host, '@')+1:]}))
	}
	f := fault(rule, c.name, "%s", r.what).advise(r.advice)
	if r.command != nil {
		f.Lines = []string{r.command(host)}
	}
	if info, err := e.info(); r.mine && !e.Root && err == nil && info.URL == "daemon" {
		// The daemon logs in as root, with keys and known hosts of its own.
		f.Level = Note
		f = f.because("That is what this user sees; builds are sent by the daemon, as root.").advise("Ask as root:", "sudo flakegen doctor")
	}
	return f
}

// refusalOf finds the words of an error among the refusals that are known; nil
// where they are none.
func refusalOf(err error) *refusal {
	var failed *nixcmd.Error
	if !errors.As(err, &failed) {
		return nil
	}
	for i, r := range refusals {
		if slices.ContainsFunc(r.says, func(words string) bool { return strings.Contains(failed.Stderr, words) }) {
			return &refusals[i]
		}
	}
	return nil
}

// splitLogin takes a builder's URI apart: ssh-ng://ann@host.
func splitLogin(uri string) (login, host string) {
	uri, _, _ = strings.Cut(uri, "?")
	if _, rest, ok := strings.Cut(uri, "://"); ok {
		uri = rest
	}
	if at := strings.LastIndexByte(uri, '@'); at >= 0 {
		login, uri = uri[:at], uri[at+1:]
	}
	login, _, _ = strings.Cut(login, ":")
	return login, strings.TrimSuffix(uri, "/")
}

// seconds is a duration as people read it, to a tenth of a second.
func seconds(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "under 1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d%time.Second == 0:
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
