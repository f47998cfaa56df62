package timing

import (
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// build is one derivation that Nix builds. A remote build has two activities,
// the near one with the machine and the far one with phases and log; they are
// one build.
type build struct {
	account    *Account
	derivation string
	machine    string
	worker     *worker // nil in a stream that has lost its beginning

	first   time.Time // when it was started first
	started time.Time
	ended   time.Time
	running bool          // not known to have ended
	earlier time.Duration // of earlier runs of the same derivation
	outcome Outcome
	// sign is the last event that showed it running.
	sign uint64
	// endedAt is the event that counted it.
	endedAt uint64

	farStarted, farEnded time.Time

	phases phases
	tail   tail
	// failedTests are those whose failure the log tells.
	failedTests []string
}

func (a *Account) beginBuild(act *activity, derivation, machine string) {
	b := a.builds[derivation]
	if b != nil && b.running {
		b.far(act, machine)
		return
	}
	if b == nil {
		limit := a.LogTail
		if limit <= 0 {
			limit = DefaultLogTail
		}
		b = &build{account: a, derivation: derivation, tail: tail{limit: limit}, first: a.now}
		a.builds[derivation] = b
		a.order = append(a.order, b)
	} else {
		b.earlier += b.ended.Sub(b.started)
		b.outcome = Uncounted
		b.farStarted, b.farEnded = time.Time{}, time.Time{}
	}
	b.machine, b.started, b.running, b.sign = machine, a.now, true, a.seq
	act.build = b
	if machine != "" {
		act.remote = true
		a.remote++
	}
	if b.worker = a.worker(); b.worker != nil {
		b.worker.begin(b)
	}
	a.clock.begin(building)
	a.observe(BuildStarted{At: a.now, Derivation: derivation, Machine: machine})
}

// far takes the far end of a remote build.
func (b *build) far(act *activity, machine string) {
	act.build, act.inner = b, true
	b.farStarted, b.farEnded = b.account.now, time.Time{}
	if b.machine == "" {
		b.machine = machine
	}
	b.alive()
}

func (a *Account) endBuild(act *activity) {
	b := act.build
	if act.inner {
		b.farEnded = a.now
		b.phases.end(a.now)
		b.alive()
		return
	}
	if act.remote {
		a.remote--
	}
	if !b.running {
		return
	}
	if b.worker != nil {
		b.worker.stopped(b)
		return
	}
	b.end(ending{at: a.now, seq: a.seq, outcome: Uncounted})
	a.clock.end(building)
}

// end closes the build at a moment that may have passed.
func (b *build) end(e ending) {
	b.running = false
	b.ended, b.endedAt, b.outcome = e.at, e.seq, e.outcome
	b.phases.end(e.at)
	if b.outcome == CountedDone {
		b.account.dropTail(b)
	}
	b.account.observe(BuildEnded{
		At: b.account.now, Derivation: b.derivation, Took: b.earlier + b.ended.Sub(b.started), Outcome: b.outcome,
	})
}

// alive notes a sign of life.
func (b *build) alive() {
	b.sign = b.account.seq
	if b.worker != nil {
		b.worker.goesOn()
	}
}

func (b *build) result(e nixcmd.Result, far bool) {
	a := b.account
	switch e.Type {
	case nixcmd.ResultLogLine:
		b.alive()
		b.keep(e.Fields.Text(0))
		b.test(e.Fields.Text(0))
		a.observe(LogLine{At: a.now, Derivation: b.derivation, Text: e.Fields.Text(0)})
	case nixcmd.ResultSetPhase:
		b.alive()
		b.phases.begin(e.Fields.Text(0), a.now)
		a.observe(PhaseStarted{At: a.now, Derivation: b.derivation, Phase: e.Fields.Text(0)})
	}
}

// Name is the store name of a derivation or path: without the folder, the hash
// and ".drv".
func Name(path string) string {
	base := path[strings.LastIndexByte(path, '/')+1:]
	if hash, rest, ok := strings.Cut(base, "-"); ok && len(hash) == 32 {
		base = rest
	}
	return strings.TrimSuffix(base, ".drv")
}

// phases sums the time of each phase of a build.
type phases struct {
	list  []phase
	open  int // index, where opened is not zero
	since time.Time
}

type phase struct {
	name  string
	first time.Time // when it was entered first
	spent time.Duration
}

const (
	// maxPhases bounds what a build that makes up phases can cost. stdenv has
	// about twelve.
	maxPhases = 64
	restPhase = "…"
	maxName   = 200
)

func (p *phases) begin(name string, now time.Time) {
	p.end(now)
	name = clip(name, maxName)
	p.since = now
	for i := range p.list {
		if p.list[i].name == name {
			p.open = i
			return
		}
	}
	if len(p.list) == maxPhases {
		p.list[maxPhases-1].name = restPhase
		p.open = maxPhases - 1
		return
	}
	p.list = append(p.list, phase{name: name, first: now})
	p.open = len(p.list) - 1
}

func (p *phases) end(now time.Time) {
	if p.since.IsZero() {
		return
	}
	p.list[p.open].spent += max(0, now.Sub(p.since))
	p.since = time.Time{}
}

// tail keeps the last lines of a log.
type tail struct {
	limit int
	lines []string
	next  int // the oldest line, where all limit lines are there
}

// maxTailLine is how many bytes of a log line are kept.
const maxTailLine = 1000

// keep keeps a line, instead of the oldest where all are there.
func (b *build) keep(l string) {
	t := &b.tail
	l = clip(l, maxTailLine)
	if len(t.lines) == t.limit {
		b.account.tails -= len(t.lines[t.next])
		t.lines[t.next] = ""
	}
	if !b.account.keepLine(l) {
		l = ""
	}
	if len(t.lines) < t.limit {
		t.lines = append(t.lines, l)
		return
	}
	t.lines[t.next] = l
	t.next = (t.next + 1) % t.limit
}

// printable is the lines in their order, fit for a terminal.
func (t *tail) printable() []string {
	lines := make([]string, 0, len(t.lines))
	for i := range t.lines {
		lines = append(lines, nixcmd.Printable(t.lines[(t.next+i)%len(t.lines)]))
	}
	return lines
}

// clip keeps the first n bytes of a text, and does not hold on to the rest.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(strings.Clone(text[:n]), "") + "…"
}
