// Package report shows accounts of builds to people: as text when a build has
// ended, as a live view or plain lines while it runs.
package report
