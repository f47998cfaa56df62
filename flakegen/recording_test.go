package flakegen

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/internal/require"
)

var recordingEpoch = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

const (
	buildDrv   = "/nix/store/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-rts.drv"
	checkedDrv = "/nix/store/cccccccccccccccccccccccccccccccc-rts.drv"
)

// reportOf is the report of a build of a variant of rts with these phases, a second
// each; no phase means that it was present.
func reportOf(variant, system, derivation string, phases ...string) *timing.Report {
	r := &timing.Report{
		FormatVersion: timing.FormatVersion, Status: timing.Succeeded, Started: recordingEpoch,
		Outputs:     []timing.Output{{Name: "rts-" + variant, System: system, Package: "rts", Variant: variant, Role: variant, Derivation: derivation}},
		Derivations: []timing.Derivation{{Derivation: derivation, Name: "rts", System: system, Disposition: timing.DispositionBuilt, Seconds: float64(len(phases))}},
	}
	for _, p := range phases {
		r.Derivations[0].Phases = append(r.Derivations[0].Phases, timing.Phase{Name: p, Seconds: 1})
	}
	if len(phases) == 0 {
		r.Derivations[0].Disposition = timing.DispositionPresent
	}
	return r
}

func recorded(t *testing.T, path string, reports ...*timing.Report) {
	t.Helper()
	for _, report := range reports {
		r := StartRecording(context.Background(), RecordingOptions{Path: path, Command: "build", Folder: t.TempDir() + "/rts", Host: "here"})
		if _, err := r.Record(context.Background(), report); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
}

func TestLeftOut(t *testing.T) {
	const linux, darwin = "x86_64-linux", "aarch64-darwin"
	checked := func(system string) *timing.Report {
		return reportOf("checked", system, checkedDrv, "unpackPhase", "buildPhase", "checkPhase", "installPhase", "installCheckPhase")
	}
	build := func(system string) *timing.Report {
		return reportOf("build", system, buildDrv, "unpackPhase", "buildPhase", "installPhase")
	}
	both := build(linux)
	both.Outputs = append(both.Outputs, checked(linux).Outputs...)
	both.Derivations = append(both.Derivations, checked(linux).Derivations...)
	failed := build(linux)
	failed.Status = timing.Failed

	tests := []struct {
		name   string
		before []*timing.Report
		report *timing.Report
		phases []string // nil: not known
		system string   // of the checked build
		none   bool     // nothing is said at all
	}{
		{"no checked build", []*timing.Report{build(linux)}, build(linux), nil, "", false},
		{"built", []*timing.Report{checked(linux)}, build(linux), []string{"checkPhase", "installCheckPhase"}, linux, false},
		{"present", []*timing.Report{checked(linux)}, reportOf("build", linux, buildDrv), []string{"checkPhase", "installCheckPhase"}, linux, false},
		{"another system", []*timing.Report{checked(linux)}, build(darwin), []string{"checkPhase", "installCheckPhase"}, linux, false},
		{"this system first", []*timing.Report{checked(darwin), checked(linux)}, build(darwin), []string{"checkPhase", "installCheckPhase"}, darwin, false},
		{"in the same run", nil, both, []string{"checkPhase", "installCheckPhase"}, linux, false},
		{"another phase than a check", []*timing.Report{reportOf("checked", linux, checkedDrv, "buildPhase", "docPhase")}, build(linux), []string{"docPhase"}, linux, false},
		{"nothing is left out", []*timing.Report{reportOf("checked", linux, checkedDrv, "buildPhase")}, build(linux), nil, "", true},
		{"a checked variant", []*timing.Report{checked(linux)}, checked(linux), nil, "", true},
		{"a failure", []*timing.Report{checked(linux)}, failed, nil, "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.db")
			// All of these are of one project, which is called like their folder.
			recorded(t, path, append(slices.Clone(test.before), test.report)...)
			got := test.report.LeftOut
			if test.none {
				if len(got) > 0 {
					t.Errorf("it says %+v", got)
				}
				return
			}
			if len(got) != 1 {
				t.Fatalf("it says %+v", got)
			}
			var phases []string
			for _, p := range got[0].Phases {
				phases = append(phases, p.Name)
			}
			if !slices.Equal(phases, test.phases) || (got[0].Checked != nil) != (test.system != "") || got[0].Checked != nil && got[0].Checked.System != test.system {
				t.Errorf("it says %+v, %+v", got[0], got[0].Checked)
			}
		})
	}
}

func TestRecordingUsual(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	recorded(t, path, reportOf("checked", "x86_64-linux", checkedDrv, "buildPhase", "checkPhase"))
	r := StartRecording(context.Background(), RecordingOptions{Path: path, Command: "build", Folder: "/nowhere/rts", Host: "here"})
	defer r.Close()
	deadline := time.Now().Add(10 * time.Second)
	usual, known := r.Usual(checkedDrv)
	for ; !known && time.Now().Before(deadline); usual, known = r.Usual(checkedDrv) {
		time.Sleep(time.Millisecond)
	}
	if !known || usual.Seconds != 2 || !usual.Exact || len(usual.Phases) != 2 {
		t.Errorf("got %+v, %v", usual, known)
	}
	if _, known := r.Usual(buildDrv); known {
		t.Error("it knows what was never built")
	}
}

func TestRecordingWithoutHistory(t *testing.T) {
	r := StartRecording(context.Background(), RecordingOptions{})
	defer r.Close()
	if _, known := r.Usual(checkedDrv); known {
		t.Error("it knows something")
	}
	if _, err := r.Record(context.Background(), reportOf("build", "x86_64-linux", buildDrv)); err != nil {
		t.Error(err)
	}
}

func TestRecordingDescribes(t *testing.T) {
	require.Program(t, "git")
	dir := filepath.Join(t.TempDir(), "work")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A. Tester", "-c", "user.email=tester@example.org"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	path := filepath.Join(t.TempDir(), "history.db")
	check := func(project string, commit, dirty bool) {
		t.Helper()
		r := StartRecording(context.Background(), RecordingOptions{Path: path, Command: "build", Folder: filepath.Join(dir, "sub")})
		defer r.Close()
		record, err := r.Record(context.Background(), reportOf("checked", "x86_64-linux", checkedDrv, "buildPhase"))
		if err != nil || record.Project != project || (record.Commit != "") != commit || record.Dirty != dirty {
			t.Errorf("got project %q, commit %q, dirty %v, %v", record.Project, record.Commit, record.Dirty, err)
		}
		if got := ProjectName(context.Background(), filepath.Join(dir, "sub"), os.Environ()); got != project {
			t.Errorf("asked alone the project is %q", got)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	check("sub", false, false)
	git("init", "-q")
	check("work", false, false)
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	check("work", false, false)
	git("add", ".")
	git("commit", "-qm", "first")
	check("work", true, false)
	git("remote", "add", "upstream", "https://me:secret@example.org/acme/upstream.git")
	check("example.org/acme/upstream", true, false)
	git("remote", "add", "origin", "git@example.org:acme/rts.git")
	git("config", "url.https://me:secret@example.org/.insteadOf", "git@example.org:")
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	check("example.org/acme/rts", true, true)
}

func TestRecordingSaysWhatIsWrong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	r := StartRecording(context.Background(), RecordingOptions{Path: path})
	defer r.Close()
	report := reportOf("build", "x86_64-linux", buildDrv, "buildPhase")
	if _, err := r.Record(context.Background(), report); !errors.Is(err, history.ErrReadOnly) {
		t.Errorf("got %v", err)
	}
	if len(report.LeftOut) > 0 {
		t.Errorf("nobody could look, and it says %+v", report.LeftOut)
	}
}
