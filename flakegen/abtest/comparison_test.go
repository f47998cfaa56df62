package abtest

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestSample(t *testing.T) {
	s := NewSample([]float64{5, 1, 3, 2, 4, 6, 30})
	// Of seven values the first and the last hold the median with 98.4 %, and the
	// second and the sixth with 87.5 %, which is too little.
	if s.Median != 4 || s.Low != 1 || s.High != 30 || s.Noise != 0.5 {
		t.Errorf("%+v", s)
	}
	if s.Values[0] != 5 || s.Values[6] != 30 {
		t.Errorf("the values have lost their order: %v", s.Values)
	}
	if s := NewSample([]float64{1, 2, 3, 4, 5}); !math.IsInf(s.Low, -1) || !math.IsInf(s.High, 1) {
		t.Errorf("five values have an interval: %+v", s)
	}
	if s := NewSample([]float64{1, 2, 3, 4, 5, 6}); s.Low != 1 || s.High != 6 {
		t.Errorf("six values have none: %+v", s)
	}
	if s := NewSample(nil); s.Median != 0 || Median(nil) != 0 {
		t.Errorf("%+v", s)
	}
	if got := Median([]float64{4, 1, 2, 9}); got != 3 {
		t.Errorf("the median is %v, want 3", got)
	}
}

// TestRank holds the ranks against those of published tables of the U test's
// critical values: two-sided 5 %; the rank is the critical value and one.
func TestRank(t *testing.T) {
	for _, test := range []struct{ n1, n2, critical int }{
		{3, 3, -1}, {4, 4, 0}, {5, 5, 2}, {6, 6, 5}, {7, 7, 8}, {8, 8, 13}, {10, 10, 23}, {12, 12, 37}, {15, 15, 64}, {20, 20, 127}, {5, 10, 8},
	} {
		if got := rank(test.n1, test.n2); got != test.critical+1 {
			t.Errorf("%d and %d runs: rank %d, want %d", test.n1, test.n2, got, test.critical+1)
		}
	}
	if rank(MinCompared, MinCompared) == 0 || rank(MinCompared-1, MinCompared-1) > 0 {
		t.Error("MinCompared is not the least number of runs that has an interval")
	}
	// Where the exact distribution ends the normal one goes on.
	exact, normal := rank(50, 50), rank(51, 51)
	if normal < exact || normal > exact+60 {
		t.Errorf("rank %d of 50 runs, %d of 51", exact, normal)
	}
}

func TestCompare(t *testing.T) {
	a := NewSample([]float64{4.0, 4.1, 4.2, 4.05, 4.15, 4.12})
	b := NewSample([]float64{8.0, 8.1, 8.2, 8.05, 8.15, 8.12})
	c := Compare(a, b)
	if c.Verdict() != AFaster || math.Abs(c.Ratio-0.507) > 0.005 || c.Low >= c.Ratio || c.High <= c.Ratio || c.High > 0.53 {
		t.Errorf("%+v", c)
	}
	turned := Compare(b, a)
	if turned.Verdict() != BFaster || math.Abs(turned.Ratio*c.Ratio-1) > 1e-9 || math.Abs(turned.Low*c.High-1) > 1e-9 {
		t.Errorf("%+v", turned)
	}
	if c.Slower(0) || !turned.Slower(0) || !turned.Slower(0.9) || turned.Slower(1) {
		t.Errorf("slower: %+v, %+v", c, turned)
	}
	equal := Compare(a, a)
	if equal.Verdict() != NoDifference || equal.P != 1 && equal.P < 0.9 || equal.Detectable() > 0.1 || equal.Detectable() < 0.005 {
		t.Errorf("%+v, %v", equal, equal.Detectable())
	}
	same := NewSample([]float64{2, 2, 2, 2, 2, 2, 2})
	if c := Compare(same, same); c.Verdict() != NoDifference || c.P != 1 || c.Ratio != 1 || c.Low != 1 || c.High != 1 || c.Detectable() != 0 {
		t.Errorf("%+v", c)
	}
	for _, n := range []int{0, 1, 2, 3} {
		few := Compare(NewSample(a.Values[:n]), NewSample(b.Values[:3]))
		if few.Verdict() != TooFew || few.Slower(0) || !math.IsInf(few.Detectable(), 1) {
			t.Errorf("%d and 3 runs: %+v", n, few)
		}
	}
}

// distributions draw times around 1, as builds have them and worse.
var distributions = map[string]func(*rand.Rand) float64{
	"normal":    func(r *rand.Rand) float64 { return 1 + 0.02*r.NormFloat64() },
	"lognormal": func(r *rand.Rand) float64 { return math.Exp(0.1 * r.NormFloat64()) },
	"long tail": func(r *rand.Rand) float64 { return 1 + 0.01*r.ExpFloat64()/math.Max(0.02, r.Float64()) },
	"two modes": func(r *rand.Rand) float64 { return 1 + 0.1*float64(r.IntN(2)) + 0.005*r.NormFloat64() },
}

func draw(r *rand.Rand, from func(*rand.Rand) float64, factor float64, n int) Sample {
	values := make([]float64, n)
	for i := range values {
		values[i] = factor * from(r)
	}
	return NewSample(values)
}

// TestInterval draws samples whose true ratio is known: the interval holds it in
// 95 % of all cases, and it and the test agree.
func TestInterval(t *testing.T) {
	const trials = 2000
	for name, from := range distributions {
		for _, n := range []int{6, 10, 20} {
			r := rand.New(rand.NewPCG(7, uint64(n)))
			held, disagree := 0, 0
			for range trials {
				const truth = 1.3
				c := Compare(draw(r, from, truth, n), draw(r, from, 1, n))
				if c.Low <= truth && truth <= c.High {
					held++
				}
				if excluded := c.Low > 1 || c.High < 1; excluded != (c.P < 0.05) {
					disagree++
				}
			}
			// 2,000 trials have a standard deviation of 0.5 %. The exact level is a
			// little above 95 %, because ranks are whole.
			if part := float64(held) / trials; part < 0.935 || part > 0.98 {
				t.Errorf("%s, n = %d: the interval holds the truth in %.1f %% of the trials", name, n, 100*part)
			}
			if disagree > 0 {
				t.Errorf("%s, n = %d: interval and test disagree %d times", name, n, disagree)
			}
		}
	}
}

// TestFalseAlarms draws both samples from one distribution: a difference is shown
// in at most 5 %.
func TestFalseAlarms(t *testing.T) {
	const trials = 3000
	for name, from := range distributions {
		r := rand.New(rand.NewPCG(9, 9))
		shown := 0
		for range trials {
			if c := Compare(draw(r, from, 1, 10), draw(r, from, 1, 10)); c.Verdict() != NoDifference {
				shown++
			}
		}
		if part := float64(shown) / trials; part > 0.062 {
			t.Errorf("%s: a difference is shown in %.1f %% of the trials", name, 100*part)
		}
	}
}

// TestDetectable draws a difference as large as a comparison of equal samples calls
// detectable: about four of five such comparisons show it. Of times with two modes
// a shift of the one over the other says little, so there it is no guide.
func TestDetectable(t *testing.T) {
	const trials = 1000
	for name, from := range distributions {
		if name == "two modes" {
			continue
		}
		for _, n := range []int{6, 10, 20} {
			r := rand.New(rand.NewPCG(11, uint64(n)))
			detectable := make([]float64, trials)
			for i := range detectable {
				detectable[i] = Compare(draw(r, from, 1, n), draw(r, from, 1, n)).Detectable()
			}
			factor := 1 + Median(detectable)
			shown := 0
			for range trials {
				if Compare(draw(r, from, factor, n), draw(r, from, 1, n)).Verdict() == BFaster {
					shown++
				}
			}
			t.Logf("%s, n = %d: a difference of %.1f %% is shown in %.0f %%", name, n, 100*(factor-1), 100*float64(shown)/trials)
			if part := float64(shown) / trials; part < 0.7 {
				t.Errorf("%s, n = %d: a difference of %.1f %%, called detectable, is shown in %.0f %% of the trials", name, n, 100*(factor-1), 100*part)
			}
		}
	}
}
