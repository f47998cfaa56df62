package abtest

import (
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"
	"golang.org/x/perf/benchmath"
)

// Comparison is what two samples say of each other.
type Comparison struct {
	// Ratio is the time of A divided by that of B: the median of the ratios of
	// each measurement of A to each of B (Hodges and Lehmann's estimate, of
	// logarithms). Low and High are its interval, the ratios that the test behind P
	// does not reject, so that the two agree. It holds the true ratio with
	// [Confidence], whatever the distribution, if the two sides differ by a factor.
	// With fewer than [MinCompared] runs of each side it is 0 to infinity.
	Ratio, Low, High float64
	// P is the probability of samples that lie as far apart as these where there
	// is no difference (Mann and Whitney's U test).
	P float64
	// N is the number of measurements of A and of B.
	N [2]int
}

// Compare compares two samples of positive measurements.
func Compare(a, b Sample) Comparison {
	c := Comparison{Low: 0, High: math.Inf(1), P: 1, N: [2]int{len(a.Values), len(b.Values)}}
	if c.N[A] == 0 || c.N[B] == 0 {
		return c
	}
	// Where all values are equal the test has no answer; then there is none to be
	// shown, and the library says so with p = 1.
	c.P = benchmath.AssumeNothing.Compare(a.sorted(), b.sorted()).P
	ratios := make([]float64, 0, c.N[A]*c.N[B])
	for _, x := range a.Values {
		for _, y := range b.Values {
			ratios = append(ratios, x/y)
		}
	}
	slices.Sort(ratios)
	c.Ratio = middle(ratios)
	if k := rank(c.N[A], c.N[B]); k > 0 {
		c.Low, c.High = ratios[k-1], ratios[len(ratios)-k]
	}
	return c
}

// middle is the geometric median of sorted positive numbers.
func middle(sorted []float64) float64 {
	n := len(sorted)
	return math.Sqrt(sorted[(n-1)/2] * sorted[n/2])
}

// exactRuns is up to how many measurements of a side the distribution of U is
// computed; beyond, the normal one is as good. The library draws the line there
// too.
const exactRuns = 50

// rank is which of the sorted ratios, counted from 1 from either end, bounds the
// interval; 0 where there are too few. The true ratio lies below the k-th one with
// the probability that U is less than k.
func rank(n1, n2 int) int {
	const tail = (1 - Confidence) / 2
	if n1 > exactRuns || n2 > exactRuns {
		mean := float64(n1*n2) / 2
		deviation := math.Sqrt(float64(n1*n2*(n1+n2+1)) / 12)
		return max(0, int(math.Floor(mean-normalQuantile*deviation)))
	}
	u := stats.UDist{N1: n1, N2: n2}
	low, high := 0, n1*n2/2+1 // P(U < low) is small enough, P(U < high) is not
	for high-low > 1 {
		k := (low + high) / 2
		if u.CDF(float64(k-1)) <= tail {
			low = k
		} else {
			high = k
		}
	}
	return low
}

const (
	normalQuantile = 1.959964 // of 0.975
	powerQuantile  = 0.841621 // of 0.8
)

// Verdict is what a comparison shows.
type Verdict int

const (
	// NoDifference means that none is shown.
	NoDifference Verdict = iota
	AFaster
	BFaster
	// TooFew measurements cannot show a difference, however large.
	TooFew
)

// Verdict says what is shown.
func (c Comparison) Verdict() Verdict {
	switch {
	case math.IsInf(c.High, 1):
		return TooFew
	case c.P >= 1-Confidence:
		return NoDifference
	case c.High < 1:
		return AFaster
	case c.Low > 1:
		return BFaster
	}
	return NoDifference
}

// Slower says whether A is shown to take longer than B by more than a part of B's
// time, 0.05 for 5 %: the whole interval lies beyond.
func (c Comparison) Slower(part float64) bool {
	return c.Verdict() == BFaster && c.Low > 1+part
}

// Detectable is how large a difference has to be, as a part of the time, 0.02 for
// 2 %, for four of five comparisons like this one to show it. It follows from the
// width of the interval, as if that were of a normal distribution, and is infinite
// where there is none.
func (c Comparison) Detectable() float64 {
	if math.IsInf(c.High, 1) || c.Low <= 0 {
		return math.Inf(1)
	}
	half := math.Log(c.High/c.Low) / 2
	return math.Exp(half*(1+powerQuantile/normalQuantile)) - 1
}
