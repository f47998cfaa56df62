package timing

import "time"

// class is what a moment was spent on, the first one that applies.
type class int

const (
	building class = iota
	fetching
	copying
	evaluating
	waiting
	unaccounted
	classes

	noClass = unaccounted // of an activity that tells nothing of the time
)

// classClock gives every moment to one class.
type classClock struct {
	at    time.Time
	open  [unaccounted]int
	spent [classes]time.Duration

	// realising counts open realisations. Between two of them Nix evaluates, so
	// what no class claims there waits in gap until the next one begins.
	realising int
	realised  bool
	gap       time.Duration
}

// advance gives the time since the last call to the class of that time. Time
// that runs backwards is none.
func (c *classClock) advance(now time.Time) {
	spent := now.Sub(c.at)
	if spent <= 0 {
		return
	}
	c.at = now
	for k, n := range c.open {
		if n > 0 {
			c.spent[k] += spent
			return
		}
	}
	if c.realising == 0 {
		c.gap += spent
		return
	}
	c.spent[unaccounted] += spent
}

func (c *classClock) begin(k class) {
	if k != noClass {
		c.open[k]++
	}
}

func (c *classClock) end(k class) {
	if k != noClass {
		c.open[k]--
	}
}

func (c *classClock) beginRealising() {
	c.realising++
	c.realised = true
	c.spent[evaluating] += c.gap
	c.gap = 0
}

func (c *classClock) endRealising() { c.realising-- }

// finish gives what was left open to its class: a run that never realised
// anything has evaluated, and what comes after the last realisation is nobody's.
func (c *classClock) finish() {
	if c.realised {
		c.spent[unaccounted] += c.gap
	} else {
		c.spent[evaluating] += c.gap
	}
	c.gap = 0
}
