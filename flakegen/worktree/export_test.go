package worktree

// MustRender is a finding that rendering mends.
var MustRender = Finding{mend: mending{render: true}}
