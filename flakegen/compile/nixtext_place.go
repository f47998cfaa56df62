package compile

import (
	"bufio"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// textPiece says where a stretch of Nix text stands in the spec: value stands at
// an offset in one of the texts, and at rng in the source.
type textPiece struct {
	text, offset int
	value        string
	rng          hcl.Range
	// quoted says that a backslash in the source begins an escape.
	quoted bool
}

// placeInText gives the range of n bytes of Nix text. At the end of a text the
// splice behind it is meant.
func (w *walker) placeInText(text *nixText, index, offset, n int) hcl.Range {
	if offset == len(text.texts[index]) && index < len(text.splices) {
		return text.splices[index].expr.Range()
	}
	var last *textPiece
	for i, piece := range text.pieces {
		if piece.text != index {
			continue
		}
		last = &text.pieces[i]
		if within := offset - piece.offset; within >= 0 && within < len(piece.value) {
			return w.placeInPiece(piece, within, min(within+n, len(piece.value)))
		}
	}
	if last != nil && index == len(text.texts)-1 {
		return hcl.Range{Filename: last.rng.Filename, Start: last.rng.End, End: last.rng.End}
	}
	return text.rng
}

// placeInPiece gives the range of some bytes of a piece, or that of all of it
// where its source cannot be followed.
func (w *walker) placeInPiece(piece textPiece, from, to int) hcl.Range {
	source := w.Spec.Sources[piece.rng.Filename].Bytes[:piece.rng.End.Byte]
	runes := hcl.NewRangeScannerFragment(source, piece.rng.Filename, piece.rng.Start, bufio.ScanRunes)
	result := hcl.Range{Filename: piece.rng.Filename}
	found := false
	at := 0 // in the value
	for at < to && runes.Scan() {
		rng, char := runes.Range(), runes.Bytes()
		r, size := utf8.DecodeRuneInString(piece.value[at:])
		switch read := string(char); {
		case piece.quoted && read == `\`:
			rng.End = skipEscape(runes)
		case read == string(r):
		case read == " ", read == "\t", read == "$", read == "%":
			continue // the indentation of a heredoc, or the first of $${
		default:
			return piece.rng
		}
		if at >= from && !found {
			result.Start, found = rng.Start, true
		}
		result.End = rng.End
		at += size
	}
	if !found {
		return piece.rng
	}
	return result
}

// skipEscape reads what stands behind a backslash, and says where it ends.
func skipEscape(runes *hcl.RangeScanner) hcl.Pos {
	runes.Scan()
	digits := map[string]int{"u": 4, "U": 8}[string(runes.Bytes())]
	for range digits {
		runes.Scan()
	}
	return runes.Range().End
}
