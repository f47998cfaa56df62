// Package substituter asks binary caches what they have, as Nix asks them before
// it builds.
//
// The words of this package:
//
//   - substituter, cache: where Nix looks for a store path before it builds it, as
//     the setting substituters names it. Asked are https://, http:// and file://
//     caches. Other stores (ssh://, s3://, a local one) are told and not asked:
//     what they would answer takes the programs and credentials of Nix itself.
//   - narinfo: what a cache says of one path: its size, the paths that it refers
//     to, and signatures.
//   - offer: a narinfo, and whether Nix would take it. See [Trust] for why not.
//   - set aside: a cache that fails again and again, or takes too long, is asked
//     no more. Nix would go on trying, or give the build up.
//
// Nothing here starts a process, writes a file or keeps an answer: Nix remembers
// for an hour that a cache lacks a path, and for a month that it has it, so it may
// be of another opinion until then.
//
// A cache may be hostile. What it says is bounded in size and time, and all text
// of it that leaves this package is checked or made printable.
package substituter
