// Package missing says what Nix would do to realise outputs: leave, fetch or
// build.
//
// The words of this package:
//
//   - wanted: the outputs of a derivation that somebody needs: who asked, or a
//     derivation that is built.
//   - valid: in the store, by Nix's own account.
//   - fetchable: a cache has it, Nix would take it, and the same is true, or valid,
//     for all that it refers to.
//   - incomplete: a cache has it and Nix would take it, but not all that it refers
//     to is to be had.
//
// The way is the one that Nix goes, from what is wanted down. An output that can
// be fetched needs only what it refers to; a derivation that is built needs the
// wanted outputs of all its inputs. `nix build --dry-run` goes it too, but takes
// every narinfo for granted and does not look whether what it refers to is to be
// had. The build does, and so does this package. Where both would be surprised is
// a cache that fails or changes between the question and the build. And some of what
// Nix does hangs on which of its jobs ends first; that is said, and not foreseen.
//
// Nothing here reads, asks or waits but through [Store] and [Caches].
package missing
