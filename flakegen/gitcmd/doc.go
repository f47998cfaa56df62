// Package gitcmd asks git.
//
// It answers three kinds of questions about the repository that holds a folder:
// which files git knows, what a commit holds, and what the index holds, that is,
// what the next commit would hold. The last one is asked of git itself, with the
// caller's environment kept: in `git commit -a` and `git commit FILE` the truth
// is in GIT_INDEX_FILE, while .git/index still says something else.
//
// The words of this package:
//
//   - folder: [Git.Dir], the root of a spec. It may lie anywhere below the top
//     level of the repository; every path here is relative to the folder, with
//     slashes, and what lies outside of it does not exist.
//   - known: in the index, whether committed or not. A flake sees a file only
//     when git knows it.
//   - peek: to read the index file without starting git. A process costs more
//     than all the rest of a check in which nothing drifted, so the common
//     answer, "git knows them all", comes from a peek ([Git.PeekIndex]). A peek
//     may say that it cannot tell; then git is asked.
//
// Git runs so that a repository cannot make it run anything else: no hook, no
// pager, no filter, no textconv, no file system monitor, and no lock is taken.
// Blobs come as they are stored, from one `git cat-file --batch` process.
package gitcmd
