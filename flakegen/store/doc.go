// Package store reads the files of the Nix store that need no Nix: the .drv files
// of derivations.
//
// The words of this package:
//
//   - derivation: what a .drv file says: how outputs are made from inputs.
//   - attribute: what a derivation was called with. In the file it is an
//     environment variable or, with __structuredAttrs, a member of one JSON
//     object; builder, args, system and the inputs count as attributes too.
//   - closure: a derivation, its input derivations, theirs, and so on. Read whole
//     it is a graph of nodes without attributes, small enough to hold any.
//   - content-addressed, deferred, dynamic: derivations with outputs, or inputs,
//     that are not known before something is built. See [Kind] and [ErrDynamic].
//   - to follow: a derivation that differs in one attribute has other output
//     paths, and so has all that holds them; one for another system has other
//     inputs. [Compare] tells such differences from those that were made.
//
// Whether a store path is valid is in Nix's database and is asked of Nix. The
// store is /nix/store: the parser knows no other.
package store
