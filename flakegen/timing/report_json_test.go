package timing

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The JSON is the contract: these members and no others, and no null.
func TestJSON(t *testing.T) {
	r := finish(t, twoBuilds+`5 stop 20`, Ending{At: epoch.Add(5 * time.Second), ExitCode: exit(0)})
	r.Nix.Version = "2.34"
	r.Outputs = append(r.Outputs, Output{Name: "rts", Attribute: ".#packages.x86_64-linux.rts", Paths: []string{}})
	got, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "format_version": "1",
  "status": "succeeded",
  "started": "2026-01-02T03:04:05Z",
  "outputs": [
    {
      "name": "rts",
      "attribute": ".#packages.x86_64-linux.rts",
      "system": "",
      "package": "",
      "variant": "",
      "role": "",
      "alias": "",
      "derivation": "",
      "paths": []
    }
  ],
  "wall_seconds": 5,
  "eval_seconds": 1,
  "fetch_seconds": 0,
  "build_seconds": 4,
  "copy_seconds": 0,
  "wait_seconds": 0,
  "unaccounted_seconds": 0,
  "slots": 2,
  "slots_from": "log",
  "to_build_seconds": 4,
  "idle_seconds": 0,
  "derivations": [
    {
      "derivation": "/nix/store/00000000000000000000000000000000-a.drv",
      "name": "a",
      "system": "",
      "disposition": "built",
      "machine": "",
      "start_seconds": 1,
      "seconds": 4,
      "phases": [
        {
          "name": "buildPhase",
          "start_seconds": 1,
          "seconds": 4
        }
      ],
      "log_tail": [],
      "failed_tests": []
    },
    {
      "derivation": "/nix/store/00000000000000000000000000000000-b.drv",
      "name": "b",
      "system": "",
      "disposition": "built",
      "machine": "",
      "start_seconds": 1,
      "seconds": 4,
      "phases": [
        {
          "name": "buildPhase",
          "start_seconds": 1,
          "seconds": 4
        }
      ],
      "log_tail": [],
      "failed_tests": []
    }
  ],
  "critical_path": [
    "/nix/store/00000000000000000000000000000000-a.drv"
  ],
  "nix": {
    "version": "2.34",
    "exit_code": 0
  },
  "fetched": [],
  "blocked": [],
  "left_out": [],
  "errors": [],
  "warnings": [],
  "log": {
    "lines": 0,
    "records": 0,
    "malformed": 0,
    "shortened": 0,
    "left_out": 0,
    "unknown_actions": {},
    "unknown_activities": {},
    "unknown_results": {},
    "unknown_members": {}
  }
}`
	if string(got) != want {
		t.Errorf("got %s", got)
	}
	var again Report
	if err := json.Unmarshal(got, &again); err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("read back %+v, %v", again, err)
	}
	if empty, _ := json.Marshal(NewAccount(epoch).Finish(Ending{})); strings.Contains(strings.ReplaceAll(string(empty), `"exit_code":null`, ""), "null") {
		t.Errorf("empty account: %s", empty)
	}
}
