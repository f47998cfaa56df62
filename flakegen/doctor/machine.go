package doctor

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// local gives the settings where builds run under them.
func (e *examination) local() (nixcmd.Settings, bool) {
	s, err := e.settings()
	return s, err == nil && !s.Elsewhere()
}

func (e *examination) jobs(context.Context) []Finding {
	if _, err := e.versionOf(); err != nil {
		return nil
	}
	s, err := e.settings()
	if err != nil {
		return []Finding{e.broken("settings", "settings", "Nix does not say its settings", err)}
	}
	if s.Elsewhere() {
		return []Finding{note("jobs", "jobs", "builds run in the store %s, under settings that are not known here", nixcmd.Printable(s.Store)).
			advise("Ask there: flakegen doctor")}
	}
	cores := "all cores each"
	if s.Cores > 0 {
		cores = counted(s.Cores, "core") + " each"
	}
	summary := fmt.Sprintf("%s at once, %s, on %s", counted(s.MaxJobs, "build"), cores, counted(e.CPUs, "processor"))
	switch {
	case s.MaxJobs == 0:
		return []Finding{e.set(note("jobs", "jobs", "max-jobs is 0: nothing is built on this machine"), machineSetting, "max-jobs", "auto")}
	case s.MaxJobs == 1 && e.CPUs > 1:
		return []Finding{e.set(note("jobs", "jobs", "%s", summary).
			because("Derivations that do not need each other wait for each other."), machineSetting, "max-jobs", "auto")}
	}
	return []Finding{ok("jobs", "jobs", "%s", summary)}
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (e *examination) sandbox(context.Context) []Finding {
	s, known := e.local()
	switch {
	case !known:
		return nil
	case s.Sandbox == "true":
		return []Finding{ok("sandbox", "sandbox", "on")}
	case e.Kernel != "linux":
		// Off is what Nix does there by itself.
		return []Finding{ok("sandbox", "sandbox", "%s, as is usual on %s", onOff(s.Sandbox), e.Kernel)}
	}
	return []Finding{e.set(note("sandbox", "sandbox", "%s", onOff(s.Sandbox)).
		because("Builds see the programs and the network of this machine, so what builds here may not build elsewhere."), machineSetting, "sandbox", "true")}
}

func onOff(value string) string {
	if value == "false" {
		return "off"
	}
	return value
}

// buildUsers looks at the group of the users that builds run as. It matters where
// root builds: as the daemon, or as the user. On macOS it is in no file.
func (e *examination) buildUsers(context.Context) []Finding {
	s, known := e.local()
	if !known || e.Kernel == "darwin" {
		return nil
	}
	info, err := e.info()
	if err != nil || info.URL != "daemon" && !e.Root {
		return nil
	}
	const rule, subject = "build-users", "build users"
	if s.BuildUsersGroup == "" {
		return []Finding{note(rule, subject, "none: builds run as root").
			because("A build can read and change all that root can.").
			advise("Make users for builds; see \"Multi-User Mode\" in Nix's manual. In a container it can stay as it is.")}
	}
	name := nixcmd.Printable(s.BuildUsersGroup)
	group := e.group(s.BuildUsersGroup)
	switch {
	case group == nil:
		return []Finding{e.set(fault(rule, subject, "there is no group %s, which build-users-group names", name).
			because("Nix refuses to build as root without it."), machineSetting, "build-users-group", "")}
	case len(group.members) == 0:
		return []Finding{fault(rule, subject, "the group %s has no members", name).
			because("Nix refuses to build: each build takes one of them.").
			advise("Add one for each build that is to run at once:",
				fmt.Sprintf("for i in 1 2 3 4; do sudo useradd --system --no-create-home --shell /usr/sbin/nologin --gid %[1]s --groups %[1]s nixbld$i; done", name))}
	}
	return []Finding{ok(rule, subject, "%s in the group %s", counted(len(group.members), "user"), name)}
}

// group is a line of /etc/group. Nix counts these members alone: users whose first
// group it is are none.
type group struct {
	members []string
}

// group looks a group up in /etc/group; nil means that it is not there. A file
// that cannot be read holds none.
func (e *examination) group(name string) *group {
	var found *group
	e.lines("etc/group", func(fields []string) {
		if len(fields) == 4 && fields[0] == name {
			found = &group{strings.FieldsFunc(fields[3], func(r rune) bool { return r == ',' })}
		}
	})
	return found
}

// lines calls visit with the fields of each line of a file like /etc/group.
func (e *examination) lines(name string, visit func(fields []string)) {
	file, err := e.Machine.Open(name)
	if err != nil {
		return
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		visit(strings.Split(scanner.Text(), ":"))
	}
}
