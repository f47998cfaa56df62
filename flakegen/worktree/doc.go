// Package worktree holds rendered files against the files of a repository, and
// makes the one like the other.
//
// A [Comparison] has two sides: the rendering, which [generate] made from the
// spec, and the tree, which is the folder of the spec as the disk or, for a commit
// hook, the index of git has it. Its Check says where they differ and never
// writes; its Plan says what has to be written, and Plan.Apply writes it.
//
// The words of this package:
//
//   - marked: beginning with the line [generate.Marker]. A marked file is
//     flakegen's to replace and to remove; any other belongs to somebody else.
//   - drift: a difference between the two sides. Each is a [Finding] of one [Kind].
//   - missing: the spec renders the file and the tree does not have it.
//   - stale: the spec has moved since the last commit, the file has not.
//   - edited: the file has moved, the spec has not.
//   - both: both have moved.
//   - differs: they differ, and nothing can tell which of them moved.
//   - foreign: where the file belongs is something without our marker line.
//   - orphan: a marked file that no spec renders any more.
//   - untracked: a rendered file that git does not know. A flake reads what git
//     knows and nothing else, so Nix would not see it.
//   - blocked: a folder that cannot be written. Only a Plan finds that.
//
// # Which side moved
//
// Bytes that agree need no explanation, and then no process is started: a clean
// check costs reading the files and the index file. Only where bytes differ is
// HEAD's spec rendered, by a function of the caller's. If the file is as HEAD's
// spec renders it, the file stayed and the spec moved: stale. If the spec renders
// what HEAD's spec renders, the spec stayed: edited. Else both moved.
//
// # Orphans
//
// No folder is searched from top to bottom. A file can be an orphan when it is
// named like something that flakegen renders (*.nix, and *.yml or *.yaml among
// the GitHub workflows) and git knows it, or it lies in a folder that files are
// rendered into. Of those the first line is read. A folder below with a
// flakegen.hcl of its own is another spec's business.
//
// # Symbolic links
//
// A link that stays in the folder of the spec is followed, for reading and for
// writing: the file that it leads to is replaced and the link stays. A link that
// leaves the folder, that is absolute or that goes in circles is in the way, and
// nothing is written through it, forced or not. An orphan is a file itself, never
// a link to one.
package worktree
