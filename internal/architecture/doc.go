// Package architecture holds the imports of this module to its design: they run
// one way, and what touches the outside world is done in few places. It has
// tests only.
package architecture
