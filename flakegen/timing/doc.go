// Package timing turns the log stream of one run of Nix into an account of
// where the time went.
//
// The words of this package:
//
//   - account: what is known of a run until now. An [Account] takes the events
//     of a stream one by one; [Account.Finish] makes a [Report] of it.
//   - counted: Nix counts a build as done or failed in its progress. A build's
//     own activity carries no verdict when it stops, so the count is the
//     evidence, with the error messages.
//   - disposition: what became of a derivation: built, substituted, present,
//     failed, interrupted.
//   - status: the verdict on the whole run. It falls at the end only: Nix's exit
//     code decides where it is known, otherwise the stream does.
//   - class: what a moment was spent on. Building goes before fetching, fetching
//     before copying, copying before evaluating, evaluating before waiting; what
//     is none of them is unaccounted. So the classes add up to the wall time.
//   - slot: room for one build at a time, on this machine or on a builder. It is
//     idle while something is to be built and no build runs in it.
//   - critical path: the builds and fetches that the end of the run waited for.
//
// # What the classes mean
//
//   - building: a build runs, here or on another machine, sending and receiving
//     its paths included.
//   - fetching: paths or files come from a cache or the network, or a cache is
//     asked for them.
//   - copying: sources or paths are copied between stores.
//   - evaluating: Nix says that it evaluates, or it has not yet begun to realise
//     what it evaluates for: its own start, and everything from the end of one
//     realisation to the beginning of the next. Nix before 2.11 says nothing of
//     evaluation, so there this is all that can be known.
//   - waiting: Nix says that it waits for a lock or a machine.
//
// # When a build ends
//
// In older Nix (2.26, not 2.34) the activity of a derivation that was asked for stays open
// until the whole run ends. The moment that Nix counts it is when it ended. Where
// several builds run at once, the count does not say which: then the stop that
// follows says it, or the others do by going on. Where neither does, of the
// builds that may have ended the one that was heard of last is taken; the sum is
// right in any case.
//
// # What a stream cannot know
//
//   - Derivations that were present leave no trace: the caller names what was
//     asked for.
//   - A stream has no end record. Without an exit code it is complete only if
//     every activity is closed, a realisation has taken place after the last
//     evaluation, and every build is counted. So a run that builds nothing, as
//     with --dry-run, is incomplete without its exit code.
//   - Nix before 2.11 does not say that it evaluates. If such a stream is cut
//     between a build that evaluation needed and the builds that follow, nothing
//     shows it.
//   - Lix counts up to fifty times a second, and not at the end: its last builds
//     may stay uncounted. The exit code settles it.
package timing
