package flakegen

import (
	"testing"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

func TestSlots(t *testing.T) {
	here := nixcmd.Settings{System: "x86_64-linux", ExtraPlatforms: []string{"i686-linux"}, MaxJobs: 4, Store: "auto"}
	with := func(change func(*nixcmd.Settings)) nixcmd.Settings {
		s := here
		change(&s)
		return s
	}
	builders := with(func(s *nixcmd.Settings) {
		s.Builders = []nixcmd.Builder{
			{Systems: []string{"aarch64-darwin", "x86_64-darwin"}, MaxJobs: 8},
			{Systems: []string{"aarch64-linux"}, MaxJobs: 2},
			{Systems: []string{"x86_64-linux", "aarch64-darwin"}, MaxJobs: 1},
		}
	})
	tests := []struct {
		name     string
		settings nixcmd.Settings
		systems  []string
		want     int
	}{
		{"this machine", here, []string{"x86_64-linux"}, 4},
		{"an extra platform", here, []string{"i686-linux", "x86_64-linux"}, 4},
		{"builtin", here, []string{"builtin"}, 4},
		{"builders of the system", builders, []string{"aarch64-darwin"}, 9},
		{"here and builders", builders, []string{"aarch64-darwin", "x86_64-linux"}, 13},
		{"no machine that is known", here, []string{"aarch64-darwin"}, 0},
		{"another store", with(func(s *nixcmd.Settings) { s.Store = "ssh-ng://host" }), []string{"x86_64-linux"}, 0},
		{"builders that cannot be read", with(func(s *nixcmd.Settings) { s.UnreadBuilders = []string{"/etc/nix/machines"} }), []string{"x86_64-linux"}, 0},
	}
	for _, test := range tests {
		systems := map[string]bool{}
		for _, s := range test.systems {
			systems[s] = true
		}
		if got := slots(test.settings, systems); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
