// Package nixcmd runs the nix program and reads what it prints. Beside gitcmd it
// is the only package that starts processes.
//
// The words of this package:
//
//   - reference: how Nix is told which flake is meant, such as "." or
//     "git+file:///home/ann/my%20work". [Reference] makes one that every
//     supported Nix takes.
//   - attribute: the path of names from a flake's outputs to a derivation, always
//     written out in full: packages.aarch64-darwin.rts. Nix would expand a shorter
//     one with its own system.
//   - installable: what nix build can build: an attribute of a flake, or whatever
//     else the user wrote.
//   - setting: what `nix config show` knows and nix.conf may hold. Every nix
//     command takes settings as flags; other flags only some commands take.
//     [ParseArgs] tells them apart.
//   - provide: a system is provided by the machine that builds for it: this one,
//     a remote builder, an external builder.
//   - record, activity: of Nix's log stream, which [Decoder] reads.
//
// Nix answers one question a process, 20 ms at the least, so each method here
// says how many it starts. What .drv files say is read from there by package
// store, without a process.
//
// The commands are the same for every Nix since 2.8, so that no version has to
// be asked first: show-config instead of config show, --json instead of
// --print-out-paths. Flakes are enabled for each call; nix.conf need not.
package nixcmd
