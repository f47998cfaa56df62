// Package doctor looks whether this machine and this repository are fit for what
// flakegen does: Nix, the systems that can be built for, the caches, the files.
//
// The words of this package:
//
//   - finding: one line of what was looked at, with a level: ok; note, which can
//     stay as it is; fault, which should not. What is not ok has a remedy.
//   - remedy: advice, a sentence, and lines to copy below it: commands, or lines
//     for a configuration file.
//   - question: what is looked at by itself. All of them run at once, and each has
//     a time limit; one that does not end in time is a note and nothing more.
//   - fact: an answer of Nix that several questions share, asked for once.
//
// A question reads and asks; it changes nothing, builds nothing and fetches
// nothing into the store. The network is touched where a cache or a remote builder
// is asked whether it is there.
//
// The package reads neither the environment nor the clock, and the files of the
// machine through an [io/fs.FS], so that a machine of any kind can be shown to it.
package doctor
