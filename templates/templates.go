// Package templates holds the files that flakegen hands out as they are, and the
// page that a report is filled into. None of them is Nix: that is printed from a
// syntax tree, never filled into a text.
package templates

import _ "embed"

// Spec is the commented first spec that init writes.
//
//go:embed flakegen.hcl
var Spec []byte

// ReportPage is the page of a report, for html/template.
//
//go:embed report.html
var ReportPage string

// ReportStyle is the page's style sheet, and ReportScript what it does beside
// showing: it sorts and filters tables.
//
//go:embed report.css
var ReportStyle string

//go:embed report.js
var ReportScript string
