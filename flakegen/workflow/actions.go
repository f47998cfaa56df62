package workflow

// action is an action of somebody else's, pinned.
type action struct {
	// name is its repository, commit what its tag version stood for.
	name, commit, version string
}

// The actions that a workflow uses. Whoever changes a line looks the commit of the tag
// up in the action's own repository, and reads what has changed in it.
var (
	checkout       = action{"actions/checkout", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"}
	uploadArtifact = action{"actions/upload-artifact", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"}
	// The last one with Nix 2.34: Nix 2.35.1, which v31.11.0 installs, can crash while
	// it schedules builds.
	installNix = action{"cachix/install-nix-action", "a49548c11d9846ad46ecc0115273879b045f001c", "v31.10.7"}
	cachix     = action{"cachix/cachix-action", "1eb2ef646ac0255473d23a5907ad7b04ce94065c", "v17"}
)

// Actions lists the actions that workflows use, as "NAME@COMMIT # VERSION".
func Actions() []string {
	var list []string
	for _, a := range []action{checkout, uploadArtifact, installNix, cachix} {
		list = append(list, a.String())
	}
	return list
}

// pin is the action as a step names it.
func (a action) pin() string { return a.name + "@" + a.commit }

// String is the action as it stands in a workflow.
func (a action) String() string { return a.pin() + " # " + a.version }
