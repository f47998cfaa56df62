package main

import "github.com/flakegen/flakegen/flakegen/nixcmd"

// printable makes text harmless for a terminal.
func printable(s string) string { return nixcmd.Printable(s) }
