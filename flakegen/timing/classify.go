package timing

import (
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// classOf is the class of an activity by its type, and of those without a type
// by what they say: Nix has translated none of these texts, and has not changed
// their first words since 2.8.
func classOf(e nixcmd.Start) class {
	switch e.Type {
	case nixcmd.ActivitySubstitute, nixcmd.ActivityFileTransfer, nixcmd.ActivityQueryPathInfo, nixcmd.ActivityFetchTree:
		return fetching
	case nixcmd.ActivityCopyPath, nixcmd.ActivityFetchToStore:
		return copying
	case nixcmd.ActivityCopyPaths:
		// A worker's count of paths has no text, and is open while it works.
		if e.Text != "" {
			return copying
		}
	case nixcmd.ActivityBuildWaiting:
		return waiting
	case nixcmd.ActivityUnknown:
		return classOfText(e.Text)
	}
	return noClass
}

func classOfText(text string) class {
	for _, known := range []struct {
		prefix string
		class  class
	}{
		{"evaluating ", evaluating},
		{"copying ", copying},
		{"hashing ", copying},
		{"waiting ", waiting},
		{"connecting to ", waiting},
	} {
		if strings.HasPrefix(text, known.prefix) {
			return known.class
		}
	}
	return noClass
}
