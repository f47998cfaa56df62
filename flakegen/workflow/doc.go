// Package workflow renders the workflow of a ci block, for GitHub Actions.
//
// The words of this package:
//
//   - action: a step that somebody else has written. Each is pinned to a commit in
//     [Actions], since a tag can be moved.
//   - target: an output that a job builds; package coverage says which.
//   - expression: what GitHub replaces between ${{ and }} before anything else reads
//     the text. Those in a workflow are this package's own: the spec refuses a text that
//     holds one, and no command holds any, so that nothing of an event reaches a shell.
//
// YAML is written by a library from a tree of nodes, never by joining texts, so no name
// of a spec can end a string or begin a line.
package workflow
