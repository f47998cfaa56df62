package schedule

import (
	"testing"
	"time"
)

func TestMakespan(t *testing.T) {
	s := time.Second
	tests := []struct {
		name           string
		tasks          []Task
		running, slots int
		want           time.Duration
	}{
		{"nothing", nil, 0, 1, 0},
		{"one that runs", []Task{{Takes: 3 * s}}, 1, 1, 3 * s},
		{"one after the other", []Task{{Takes: 3 * s}, {Takes: 4 * s}}, 1, 1, 7 * s},
		{"side by side", []Task{{Takes: 3 * s}, {Takes: 4 * s}}, 1, 2, 4 * s},
		{"a chain uses one slot", []Task{{Takes: 3 * s, Unlocks: []int{1}}, {Takes: 4 * s, Needs: 1, Unlocks: []int{2}}, {Takes: s, Needs: 1}}, 1, 4, 8 * s},
		// Nix starts what is ready in order of names, the long one maybe last.
		{"the long one last", []Task{{Takes: 2 * s}, {Takes: 2 * s}, {Takes: 2 * s}, {Takes: 6 * s}}, 0, 2, 8 * s},
		{"a circle", []Task{{Takes: s}, {Takes: s, Needs: 1, Unlocks: []int{2}}, {Takes: s, Needs: 1, Unlocks: []int{1}}}, 1, 1, s},
	}
	for _, test := range tests {
		if got := Makespan(test.tasks, test.running, test.slots); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestLongestFirst(t *testing.T) {
	s := time.Second
	tests := []struct {
		name  string
		takes []time.Duration
		needs [][]int
		slots int
		want  time.Duration
	}{
		{"nothing", nil, nil, 4, 0},
		{"the long one first", []time.Duration{2 * s, 2 * s, 2 * s, 6 * s}, make([][]int, 4), 2, 6 * s},
		{"no slot counts as one", []time.Duration{2 * s, 3 * s}, make([][]int, 2), 0, 5 * s},
		{"what it waits for", []time.Duration{6 * s, 2 * s, 3 * s}, [][]int{{1, 2}, nil, nil}, 2, 9 * s},
		{"a chain", []time.Duration{s, 2 * s, 3 * s}, [][]int{{1}, {2}, nil}, 8, 6 * s},
		{"unknown ones take nothing", []time.Duration{0, 3 * s}, [][]int{{1}, nil}, 1, 3 * s},
	}
	for _, test := range tests {
		if got := LongestFirst(test.takes, test.needs, test.slots); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
