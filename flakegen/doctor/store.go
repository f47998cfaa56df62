package doctor

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// storeLimit is the time that the store gets to open.
const storeLimit = 5 * time.Second

func (e *examination) store(context.Context) []Finding {
	if _, err := e.versionOf(); err != nil {
		return nil
	}
	info, err := e.info()
	if err != nil {
		return []Finding{e.closedStore(err)}
	}
	switch info.URL {
	case "local":
		return []Finding{ok("store", "store", "opened directly, without a daemon")}
	case "daemon":
		f := ok("store", "store", "the daemon answers")
		if info.Version != "" {
			f.Summary += " (" + info.Version + ")"
		}
		return []Finding{f}
	}
	return []Finding{ok("store", "store", "%s answers", info.URL)}
}

// closedStore says why the store does not open. The words are Nix's, since 2.8.
func (e *examination) closedStore(err error) Finding {
	text := said(err)
	f := fault("store", "store", "it does not open").because("%s", text)
	socket := strings.Contains(text, "cannot connect to socket")
	switch {
	case errors.Is(err, errNoAnswer):
		return fault("store", "store", "no answer in %s", seconds(storeLimit)).
			because("The daemon hangs, or a large store is on a slow disk.").
			advise("Look at what the daemon does:", e.daemonCommand("status"))
	case socket && strings.Contains(text, "Permission denied"):
		f.Summary = "this user may not talk to the daemon"
		if e.group("nix-users") != nil {
			return f.advise("Debian lets the group nix-users. Join it and log in again:", "sudo usermod --append --groups nix-users $USER")
		}
		return f.advise("See allowed-users in /etc/nix/nix.conf, and the rights of /nix/var/nix/daemon-socket.")
	case socket:
		f.Summary = "the daemon does not run"
		return f.advise("Start it:", e.daemonCommand("start"))
	case strings.Contains(text, "Permission denied"), strings.Contains(text, "read-only"), strings.Contains(text, "Read-only"):
		f.Summary = "this user may not write to the store"
		return f.advise("Use the daemon, or install Nix for this user alone.", "export NIX_REMOTE=daemon")
	}
	return f.advise("Run it by hand to see more.", commandOf(err)...)
}

func (e *examination) daemonCommand(what string) string {
	switch {
	case e.Kernel == "darwin" && what == "status":
		return "sudo launchctl print system/org.nixos.nix-daemon"
	case e.Kernel == "darwin":
		return "sudo launchctl kickstart system/org.nixos.nix-daemon"
	case e.has("run/systemd/system") && what == "status":
		return "systemctl status nix-daemon"
	case e.has("run/systemd/system"):
		return "sudo systemctl start nix-daemon.socket nix-daemon"
	case what == "status":
		return "ps -C nix-daemon"
	}
	return "sudo nix-daemon --daemon &"
}

// Free space below which builds are likely to fail, and below which that is worth
// a word. A nixpkgs and its sources alone take about 1 GB in the store.
const (
	scarceBytes = 1 << 30
	littleBytes = 10 << 30
)

func (e *examination) disk(context.Context) []Finding {
	free, err := freeBytes("/nix/store")
	if err != nil {
		return nil // there is no store, which is said elsewhere
	}
	return []Finding{diskFinding(free)}
}

func diskFinding(free uint64) Finding {
	text := humanize.Bytes(free) + " free in /nix/store"
	switch {
	case free < scarceBytes:
		return fault("disk", "disk", "%s", text).because("Builds will run out of space.").
			advise("Remove what nothing refers to any more:", "nix-collect-garbage")
	case free < littleBytes:
		return note("disk", "disk", "%s", text).because("A large build may run out of space.").
			advise("Remove what nothing refers to any more:", "nix-collect-garbage")
	}
	return ok("disk", "disk", "%s", text)
}
