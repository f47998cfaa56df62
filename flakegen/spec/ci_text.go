package spec

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/robfig/cron/v3"
)

// secretForm is what the name of a secret of GitHub may be.
var secretForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`) })

// longestName bounds in bytes what a workflow is given as one text.
const longestName = 1000

// expression begins what GitHub replaces in a workflow before anything else reads it.
const expression = "${{"

// fitText reports a text that cannot stand in a workflow: GitHub would replace part of
// it, or it does not fit on a line.
func (d *decoder) fitText(rng hcl.Range, what, text string) bool {
	switch {
	case text == "":
		d.errorf(rng, what+" is empty", "Write its name.")
	case len(text) > longestName:
		d.errorf(rng, what+" is too long", "No name has more than %d bytes.", longestName)
	case strings.Contains(text, expression):
		d.errorf(rng, fmt.Sprintf("An expression of GitHub in %q", text), "The workflow would hold what GitHub makes of ${{ … }}. Write the text itself.")
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }):
		d.errorf(rng, fmt.Sprintf("%s cannot be %q", what, text), "It must be one line of printable text.")
	default:
		return true
	}
	return false
}

// fitWord is fitText for what is also one word of a command line or of nix.conf.
func (d *decoder) fitWord(rng hcl.Range, what, text string) bool {
	if !d.fitText(rng, what, text) {
		return false
	}
	if strings.ContainsFunc(text, unicode.IsSpace) || strings.HasPrefix(text, "-") {
		d.errorf(rng, fmt.Sprintf("%s cannot be %q", what, text), "It must be one word, and no option.")
		return false
	}
	return true
}

// fitCommand is fitText for a command, which may have several lines.
func (d *decoder) fitCommand(rng hcl.Range, text string) bool {
	one := strings.NewReplacer("\n", " ", "\t", " ").Replace(text)
	if strings.TrimSpace(one) == "" {
		d.errorf(rng, "push is empty", "Write a command, as in: push = \"nix copy --to s3://bucket $OUT_PATHS\"")
		return false
	}
	return d.fitText(rng, "push", one)
}

// unfitWorkflow says why a workflow cannot be rendered at a path, or "".
func unfitWorkflow(name string) string {
	dir, base := path.Split(name)
	switch extension := path.Ext(base); {
	case path.Clean(name) != name || dir != ".github/workflows/":
		return "GitHub reads workflows in .github/workflows alone."
	case extension != ".yml" && extension != ".yaml" || base == extension:
		return "It must end in .yml or .yaml."
	case strings.Trim(name, pathCharacters) != "":
		return "Use Latin letters, digits, and . _ + - only."
	}
	return ""
}

// schedule is the part of cron's language that GitHub knows, too.
var schedule = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Za-z*,/-]+( [0-9A-Za-z*,/-]+){4}$`) })

// shortest is the time between two runs below which GitHub starts none.
const shortest = 5 * time.Minute

// unfitSchedule says why GitHub takes no such schedule, or "".
func unfitSchedule(text string) string {
	if !schedule().MatchString(text) {
		return "It must have five fields, with one space between them, of numbers, names, *, comma, - and /."
	}
	parsed, err := cron.ParseStandard(text)
	if err != nil {
		return strings.ToUpper(err.Error()[:1]) + err.Error()[1:] + "."
	}
	// The same moment always, so that the same spec is always right.
	first := parsed.Next(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC))
	if first.IsZero() {
		return "No day is like that."
	}
	for range 60 {
		next := parsed.Next(first)
		if next.Sub(first) < shortest {
			return "GitHub runs nothing more often than every five minutes."
		}
		first = next
	}
	return ""
}
