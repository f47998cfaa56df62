// Package pty gives a test a terminal: programs that draw, and that are
// interrupted and stopped by keys, are tested at one.
package pty
