package report

import (
	"fmt"
	"strings"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// slots says how much of the room for builds was used. Where one build ran at a time
// and no setting is known, there may have been room for no more; one slot that was
// never idle has nothing to tell; and of less than a second Nix itself takes much.
func (t *text) slots() {
	room := float64(t.r.Slots) * t.r.ToBuildSeconds
	if t.r.ToBuildSeconds < 1 || t.r.Slots == 1 && (t.r.SlotsFrom != timing.SlotsFromSettings || t.r.IdleSeconds < 0.05*room) {
		return
	}
	t.section()
	idle := strings.TrimSpace(percent(t.r.IdleSeconds / room))
	var line string
	switch t.r.SlotsFrom {
	case timing.SlotsFromSettings:
		line = fmt.Sprintf("%s, idle for %s of the %s in which something was to be built", slotCount(t.r.Slots), idle, Duration(ofSeconds(t.r.ToBuildSeconds)))
	default:
		line = fmt.Sprintf("at most %d builds ran at once; so many slots were idle for %s of the %s in which something was to be built", t.r.Slots, idle, Duration(ofSeconds(t.r.ToBuildSeconds)))
	}
	for _, l := range wrap(line, t.width()) {
		t.line("%s", l)
	}
}

func slotCount(n int) string {
	if n == 1 {
		return "1 slot for builds"
	}
	return fmt.Sprintf("%d slots for builds", n)
}
