package nixcmd

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Trouble is what an error of Nix's means for the user of a flake, and what to
// do about it.
type Trouble struct {
	Kind    TroubleKind
	Summary string
	Remedy  string
}

// TroubleKind is a kind of [Trouble].
type TroubleKind string

const (
	TroubleUntracked TroubleKind = "untracked" // a file that git does not know
	TroubleNoFile    TroubleKind = "no-file"   // a file that is not there
	TroubleAttribute TroubleKind = "attribute" // an output that the flake does not have
	TroubleNoFlake   TroubleKind = "no-flake"  // no flake.nix
	TroubleFeatures  TroubleKind = "features"  // flakes are not enabled
	TroubleFlag      TroubleKind = "flag"      // a flag that this Nix does not know
	TroubleNetwork   TroubleKind = "network"   // something cannot be downloaded
	TroubleSetup     TroubleKind = "setup"     // Nix cannot work on this machine as it is
	TroublePlatform  TroubleKind = "platform"  // nothing builds for that system
	TroubleOwner     TroubleKind = "owner"     // the repository belongs to somebody else
)

// Explain finds in Nix's error messages, which Printable has cleaned, a trouble
// that has a remedy. Files that the messages name are looked up below root, the
// folder of the flake.
func Explain(messages, root string) (Trouble, bool) {
	for _, rule := range troubles {
		if m := rule.pattern().FindStringSubmatch(messages); m != nil {
			return rule.explain(m[1:], root), true
		}
	}
	return Trouble{}, false
}

type troubleRule struct {
	pattern func() *regexp.Regexp
	explain func(groups []string, root string) Trouble
}

// troubles are tried in order. The patterns are those of Nix 2.8, 2.26 and 2.34.
var troubles = []troubleRule{
	{Pattern(`does not provide attribute (.*)`), missingAttribute},
	{Pattern(`[Pp]ath '([^']+)' in the repository "([^"]*)" is not tracked by Git`), untracked},
	{Pattern(`(?:getting status of|path) ['"]/nix/store/[0-9a-z]{32}-source/([^'"]+)['"](?:: No such file| does not exist)`), unseenFile},
	{Pattern(`[Pp]ath '([^']+)' does not exist in Git repository`), func(m []string, _ string) Trouble { return noFile(m[0]) }},
	{Pattern(`could not find a flake\.nix file|does not contain a ['"]?/?flake\.nix`), func([]string, string) Trouble {
		return Trouble{TroubleNoFlake, "There is no flake.nix.", "Run flakegen render, and git add what it writes."}
	}},
	{Pattern(`experimental Nix feature '([^']+)' is disabled`), func(m []string, _ string) Trouble {
		return Trouble{TroubleFeatures, fmt.Sprintf("Nix has the experimental feature %s disabled.", m[0]),
			"Put `experimental-features = nix-command flakes` into ~/.config/nix/nix.conf or /etc/nix/nix.conf."}
	}},
	{Pattern(`unrecognised flag '([^']+)'`), func(m []string, _ string) Trouble {
		return Trouble{TroubleFlag, fmt.Sprintf("This Nix does not know the flag %s.", m[0]), "See nix build --help for those that it knows."}
	}},
	{Pattern(`the group '([^']+)' specified in 'build-users-group' does not exist`), func(m []string, _ string) Trouble {
		return Trouble{TroubleSetup, fmt.Sprintf("Nix wants to build as the users of the group %s, and there is no such group.", m[0]),
			"Put `build-users-group =` into nix.conf to build as root, or install what sets up the users: on Debian and Ubuntu `apt-get install nix-setup-systemd`."}
	}},
	{Pattern(`cannot connect to socket at '([^']+)'|could not set permissions on '(/nix/[^']*)'|(?:opening lock file|creating directory|open(?:ing)? file) ['"](/nix/[^'"]*)['"]: Permission denied`), func(m []string, _ string) Trouble {
		return Trouble{TroubleSetup, fmt.Sprintf("This user may not use Nix's store (%s).", strings.Join(m, "")),
			"Start the Nix daemon, or run as the user that owns /nix: on Debian and Ubuntu `apt-get install nix-setup-systemd` sets up the daemon."}
	}},
	{Pattern(`does not support the kernel namespaces|setting up the build environment|unable to load seccomp BPF`), func([]string, string) Trouble {
		return Trouble{TroubleSetup, "Nix cannot set up its sandbox on this machine.", "Put `sandbox = false` into nix.conf, or pass `-- --no-sandbox`."}
	}},
	{Pattern(`repository path ['"]([^'"]+)['"] is not owned by current user`), func(m []string, _ string) Trouble {
		return Trouble{TroubleOwner, fmt.Sprintf("The repository %s belongs to another user, so git does not trust it.", m[0]),
			"Run " + CommandLine("git", []string{"config", "--global", "--add", "safe.directory", m[0]}) + "."}
	}},
	{Pattern(`a '([^']+)' with features \{[^}]*\} is required|[Rr]equired system: '([^']+)'`), func(m []string, _ string) Trouble {
		return Trouble{TroublePlatform, fmt.Sprintf("Nothing here builds for %s.", strings.Join(m, "")),
			"Name a remote builder for it in the setting builders."}
	}},
	{Pattern(`unable to download '([^']+)'`), func(m []string, _ string) Trouble {
		return Trouble{TroubleNetwork, fmt.Sprintf("Nix cannot download %s.", m[0]),
			"Is the network there? An input can be taken from a folder: `-- --override-input NAME path:FOLDER`."}
	}},
}

// missingAttribute names the attribute as it was asked for: Nix lists those that
// it tried, that one last, and then may suggest others.
func missingAttribute(m []string, _ string) Trouble {
	name := m[0][strings.LastIndex(m[0], " or ")+1:]
	name = strings.Trim(strings.TrimPrefix(name, "or "), "'")
	return Trouble{TroubleAttribute, fmt.Sprintf("The flake has no output %s.", name),
		"Run flakegen render if the spec has it; nix flake show lists what there is."}
}

func untracked(m []string, _ string) Trouble {
	return Trouble{TroubleUntracked, fmt.Sprintf("Git does not know the file %s, so the flake does not see it.", m[0]),
		"Run " + CommandLine("git", []string{"-C", m[1], "add", m[0]}) + "."}
}

// unseenFile is for a Nix that does not say why a file is missing from the copy
// of the repository: it may not be there, or git does not know it.
func unseenFile(m []string, root string) Trouble {
	top, ok := gitTop(root)
	if !ok {
		top = root
	}
	if _, err := os.Lstat(filepath.Join(top, m[0])); ok && err == nil {
		return untracked([]string{m[0], top}, root)
	}
	return noFile(m[0])
}

func noFile(file string) Trouble {
	return Trouble{TroubleNoFile, fmt.Sprintf("There is no file %s.", file), "Create it, or take it out of the spec and run flakegen render."}
}
