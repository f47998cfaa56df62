// Package coverage says where each check of a spec runs: on pull requests, at night,
// when a person starts it, or nowhere.
//
// The words of this package:
//
//   - check: an output that is there to fail: a variant of role "checked" or one that
//     runs tests, tests whose seed is the commit, or a check block. A check block that is
//     nothing but such a variant is the same check.
//   - gated: built for pull requests. These are the aliases, as each system has them,
//     or without any alias all packages; and the check blocks. Tests whose seed is the
//     commit are not: each commit would run them anew.
//   - left: a check that is not gated on a system. A schedule, or a person, starts it.
//   - state: where a check runs on a system; see [State].
//   - unchecked: the reason that a spec gives for a check that runs nowhere.
//
// The workflow is rendered from the same lists that the states are told from, so that
// one cannot say what the other does not do. It looks at names only: that a package is
// built from a checked variant does not count as running it, since Nix alone knows
// whether it is.
package coverage
