package timing

import (
	"reflect"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

func TestParseError(t *testing.T) {
	const d = "/nix/store/0q6181cm7rji19vyqmkfh60zbk242xfr-x.drv"
	tests := []struct {
		name, text string
		want       errorText
	}{
		{
			"exit, to 2.28", "builder for '" + d + "' failed with exit code 2",
			errorText{derivation: d, failure: &Failure{Kind: FailureExit, ExitCode: 2, Reason: "the builder failed with exit code 2"}},
		},
		{
			"exit, with log", "builder for '" + d + "' failed with exit code 2;\nlast 1 log lines:\n> builder for 'y' failed with exit code 9",
			errorText{derivation: d, failure: &Failure{Kind: FailureExit, ExitCode: 2, Reason: "the builder failed with exit code 2"}},
		},
		{
			"exit, from 2.30", "Cannot build '" + d + "'.\nReason: builder failed with exit code 2.\nOutput paths:\n  /nix/store/x",
			errorText{derivation: d, failure: &Failure{Kind: FailureExit, ExitCode: 2, Reason: "the builder failed with exit code 2"}},
		},
		{
			"signal, to 2.28", "builder for '" + d + "' failed due to signal 9 (Killed)",
			errorText{derivation: d, failure: &Failure{Kind: FailureSignal, Signal: 9, Reason: "the builder was killed by signal 9 (Killed)"}},
		},
		{
			"signal, from 2.30", "Cannot build '" + d + "'.\nReason: builder failed due to signal 15.",
			errorText{derivation: d, failure: &Failure{Kind: FailureSignal, Signal: 15, Reason: "the builder was killed by signal 15"}},
		},
		{
			"output, all", "builder for '" + d + "' failed to produce output path for output 'out' at '/nix/store/x'",
			errorText{derivation: d, failure: &Failure{Kind: FailureOutput, Reason: `the builder did not make the output "out"`}},
		},
		{
			"remote", "build of '" + d + "' on 'ssh-ng://mac' failed: builder for '" + d + "' failed with exit code 2;\n       last 10 log lines:\n       > x",
			errorText{derivation: d, failure: &Failure{Kind: FailureExit, ExitCode: 2, Reason: "the builder failed with exit code 2", far: true}},
		},
		{
			"remote, lost", "build of '" + d + "' on 'ssh-ng://mac' failed: unexpected end-of-file",
			errorText{derivation: d, failure: &Failure{Kind: FailureOther, Reason: "unexpected end-of-file", far: true}},
		},
		{
			"hash", "hash mismatch in fixed-output derivation '" + d + "':\n  specified: sha256-AAA=\n     got:    sha256-BBB=",
			errorText{derivation: d, failure: &Failure{
				Kind: FailureHash, Reason: "the output has another hash than specified", Specified: "sha256-AAA=", Got: "sha256-BBB=",
			}},
		},
		{
			"hash, Lix", "hash mismatch in fixed-output derivation '" + d + "':\n    likely URL: http://x\n     specified: sha256-AAA=\n           got: sha256-BBB=\n expected path: /nix/store/a\n      got path: /nix/store/b",
			errorText{derivation: d, failure: &Failure{
				Kind: FailureHash, Reason: "the output has another hash than specified", Specified: "sha256-AAA=", Got: "sha256-BBB=",
			}},
		},
		{
			"timeout, 2.8", "building of '" + d + "!out' from .drv file timed out after 60 seconds",
			errorText{derivation: d, failure: &Failure{Kind: FailureTimeout, Reason: "timed out after 60 s"}},
		},
		{
			"silence, 2.26", "building of '" + d + "^out' from .drv file timed out after 60 seconds of silence",
			errorText{derivation: d, failure: &Failure{Kind: FailureTimeout, Reason: "timed out after 60 s of silence"}},
		},
		{
			"timeout, 2.34", "timed out after 60 seconds",
			errorText{failure: &Failure{Kind: FailureTimeout, Reason: "timed out after 60 s"}},
		},
		{
			"too much log", "building of '" + d + "^out' from .drv file killed after writing more than 1000 bytes of log output",
			errorText{derivation: d, failure: &Failure{Kind: FailureLogLimit, Reason: "stopped after 1000 bytes of log"}},
		},
		{
			"platform, to 2.28", "a 'aarch64-darwin' with features {} is required to build '" + d + "', but I am a 'x86_64-linux' with features {kvm}",
			errorText{derivation: d, failure: &Failure{Kind: FailurePlatform, Reason: "needs aarch64-darwin, this machine is x86_64-linux"}},
		},
		{
			"feature, to 2.28", "a 'x86_64-linux' with features {kvm, big} is required to build '" + d + "', but I am a 'x86_64-linux' with features {}",
			errorText{derivation: d, failure: &Failure{Kind: FailurePlatform, Reason: "needs x86_64-linux with kvm, big, this machine is x86_64-linux"}},
		},
		{
			"platform, 2.30", "Cannot build '" + d + "'.\nReason: required system or feature not available\nRequired system: 'aarch64-darwin' with features {}\nCurrent system: 'x86_64-linux' with features {kvm}",
			errorText{derivation: d, failure: &Failure{Kind: FailurePlatform, Reason: "needs aarch64-darwin, this machine is x86_64-linux"}},
		},
		{
			"platform, 2.34", "Cannot build '" + d + "'.\nReason: platform mismatch\nRequired system: 'aarch64-darwin'\nCurrent system: 'x86_64-linux'",
			errorText{derivation: d, failure: &Failure{Kind: FailurePlatform, Reason: "needs aarch64-darwin, this machine is x86_64-linux"}},
		},
		{
			"no local builds, 2.36", "Cannot build '" + d + "'.\nReason: local builds are disabled (max-jobs = 0)\nHint: set 'max-jobs'",
			errorText{derivation: d, failure: &Failure{Kind: FailurePlatform, Reason: "local builds are disabled (max-jobs = 0)"}},
		},
		{"dependency, to 2.28", "1 dependencies of derivation '" + d + "' failed to build", errorText{derivation: d, blocked: true}},
		{"dependency, from 2.30", "Cannot build '" + d + "'.\nReason: 2 dependencies failed.\nOutput paths:\n  /nix/store/x", errorText{derivation: d, blocked: true}},
		{"summary", "build of '" + d + "^out', '/nix/store/y.drv^out' failed", errorText{summary: true}},
		{
			"not deterministic", "derivation '" + d + "' may not be deterministic: output '/nix/store/x' differs",
			errorText{derivation: d, failure: &Failure{Kind: FailureOther, Reason: "derivation '" + d + "' may not be deterministic: output '/nix/store/x' differs"}},
		},
		{"evaluation", "attribute 'x' missing", errorText{}},
		{"a log that lies", "assertion failed\nbuilder for '" + d + "' failed with exit code 1", errorText{}},
	}
	for _, test := range tests {
		if got := parseError(test.text); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\ngot  %+v %+v\nwant %+v %+v", test.name, got, got.failure, test.want, test.want.failure)
		}
	}
}

// Of builds on several machines, one of which is lost, those are corrected that it had.
func TestBlameMachine(t *testing.T) {
	const d = "/nix/store/0q6181cm7rji19vyqmkfh60zbk242xfr-x.drv"
	lostAt := epoch.Add(time.Minute)
	for _, test := range []struct {
		name, machine string
		farEnded      time.Time
		failure       Failure
		want          FailureKind
	}{
		{"still building", "ssh-ng://mac", time.Time{}, Failure{Kind: FailureExit, ExitCode: 1}, FailureMachine},
		{"closed because it was lost", "ssh-ng://mac", lostAt.Add(time.Millisecond), Failure{Kind: FailureExit, ExitCode: 1}, FailureMachine},
		{"ended before", "ssh-ng://mac", lostAt.Add(-time.Second), Failure{Kind: FailureExit, ExitCode: 1}, FailureExit},
		{"failed there later", "ssh-ng://other", lostAt.Add(time.Second), Failure{Kind: FailureExit, ExitCode: 1, far: true}, FailureExit},
		{"failed here", "", time.Time{}, Failure{Kind: FailureExit, ExitCode: 1}, FailureExit},
		{"failed otherwise", "ssh-ng://mac", time.Time{}, Failure{Kind: FailureHash}, FailureHash},
	} {
		m := messages{lost: "unexpected end-of-file", lostAt: lostAt, failures: map[string]*Failure{d: &test.failure}}
		b := &build{derivation: d, machine: test.machine, farEnded: test.farEnded, ended: lostAt.Add(2 * time.Second)}
		b.blameMachine(m)
		if got := m.failures[d].Kind; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func FuzzParseError(f *testing.F) {
	f.Add("Cannot build '/x.drv'.\nReason: builder failed with exit code 2.")
	f.Add("build of '/x.drv' on 'y' failed: build of '/x.drv' on 'y' failed: hash mismatch in fixed-output derivation '/x.drv':\ngot: x")
	f.Fuzz(func(t *testing.T, text string) {
		e := parseError(nixcmd.Printable(text))
		if e.failure != nil && (e.failure.Kind == "" || len(e.failure.Reason) > maxReason+100) {
			t.Errorf("%q: %+v", text, e.failure)
		}
		if e.blocked && e.derivation == "" {
			t.Errorf("%q: blocked, but what?", text)
		}
	})
}
