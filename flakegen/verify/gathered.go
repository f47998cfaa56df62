package verify

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// complaint is what may be said of many shards or runs at once, in one finding. One and
// Many are summaries: of the name of one, and of the number of many.
type complaint struct {
	rule           Rule
	output         string
	place          hcl.Range
	attribute      string
	one, many      string
	detail, remedy string
}

// shownNames is how many names one finding lists.
const shownNames = 20

// gather notes that a complaint holds for something of that name.
func (v *verifier) gather(c complaint, names ...string) {
	if len(names) == 0 {
		return
	}
	if v.gathered == nil {
		v.gathered = map[complaint]*nameList{}
	}
	g := v.gathered[c]
	if g == nil {
		g = &nameList{}
		v.gathered[c] = g
		v.complaints = append(v.complaints, c)
	}
	g.count += len(names)
	g.shown = append(g.shown, names[:min(len(names), shownNames-len(g.shown))]...)
}

type nameList struct {
	count int
	shown []string
}

// tell reports what was gathered.
func (v *verifier) tell() {
	for _, c := range v.complaints {
		g := v.gathered[c]
		f := Finding{
			Rule: c.rule, Output: c.output, Range: c.place, Attribute: c.attribute,
			Detail: c.detail, Remedy: c.remedy,
		}
		if g.count == 1 {
			f.Summary = fmt.Sprintf(c.one, g.shown[0])
		} else {
			f.Summary = fmt.Sprintf(c.many, g.count)
			f.Detail += "\n\n" + strings.Join(g.shown, "\n") + "\n"
			if more := g.count - len(g.shown); more > 0 {
				f.Detail += fmt.Sprintf("and %d more\n", more)
			}
		}
		v.report(f)
	}
	v.complaints, v.gathered = nil, nil
}
