package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// ErrNoBuild is what was read and holds no build.
var ErrNoBuild = errors.New("it is empty. A build is written by flakegen build --json, which prints nothing where Nix did not start")

// Read reads builds from JSON: reports as `build --json`, `watch --json` and
// `report --format json` print them, and records of the history, one value after
// another. An error says where in the data it is and what is wrong there.
func Read(data []byte) ([]history.Record, error) {
	var records []history.Record
	decoder := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		value, err := decoder.ReadValue()
		switch {
		case err == io.EOF && len(records) == 0:
			return nil, ErrNoBuild
		case err == io.EOF:
			return records, nil
		case err != nil:
			return nil, syntaxError(data, err)
		}
		begins := int(decoder.InputOffset()) - len(value)
		record, err := readBuild(value)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", lineAt(data, begins), err)
		}
		records = append(records, record)
	}
}

// shape tells the kinds of values apart that may stand where a build is wanted.
type shape struct {
	FormatVersion jsontext.Value `json:"format_version"`
	Status        jsontext.Value `json:"status"`
	Report        jsontext.Value `json:"report"`
}

const wanted = "A build is what flakegen build --json or watch --json prints"

func readBuild(value jsontext.Value) (history.Record, error) {
	if value.Kind() != '{' {
		return history.Record{}, fmt.Errorf("this is no report of a build but %s. %s", kindOf(value.Kind()), wanted)
	}
	var s shape
	if err := json.Unmarshal(value, &s); err != nil {
		return history.Record{}, semanticError(value, err)
	}
	var record history.Record
	var err error
	if s.Report != nil {
		err = json.Unmarshal(value, &record)
	} else {
		for _, part := range []struct {
			name  string
			value jsontext.Value
		}{{"format_version", s.FormatVersion}, {"status", s.Status}} {
			if part.value == nil {
				return record, fmt.Errorf("this is no report of a build: it has no %s. %s", part.name, wanted)
			}
		}
		if version := strings.Trim(string(s.FormatVersion), `"`); version != timing.FormatVersion {
			return record, versionError(version)
		}
		var flat Build
		err = json.Unmarshal(value, &flat)
		record = flat.record()
	}
	if err != nil {
		return history.Record{}, semanticError(value, err)
	}
	if version := record.Report.FormatVersion; version != timing.FormatVersion {
		return history.Record{}, versionError(version)
	}
	record.Report.Complete()
	if found := record.Report.Faults(); len(found) > 0 {
		return history.Record{}, errors.New(strings.Join(found, "\n"))
	}
	return record, nil
}

func versionError(version string) error {
	return fmt.Errorf("its format_version is %q, and this flakegen reads %q. Use a flakegen as new as the one that wrote it", clipped(version), timing.FormatVersion)
}

func kindOf(k jsontext.Kind) string {
	switch k {
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	}
	return "a single value"
}

func syntaxError(data []byte, err error) error {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return err
	}
	offset := min(int(syntax.ByteOffset), len(data))
	line := lineAt(data, offset)
	column := offset - (bytes.LastIndexByte(data[:offset], '\n') + 1) + 1
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("line %d, column %d: the JSON ends in the middle. Was the file written to its end?", line, column)
	}
	return fmt.Errorf("line %d, column %d: this is no JSON: %w. %s", line, column, syntax.Err, wanted)
}

// semanticError is of JSON that holds another type than a report has there.
func semanticError(value []byte, err error) error {
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		return err
	}
	place := string(semantic.JSONPointer)
	if place == "" {
		place = "/"
	}
	if semantic.Err != nil {
		return fmt.Errorf("%s is not what a report has there: %w", clipped(place), semantic.Err)
	}
	return fmt.Errorf("%s is not what a report has there: found %s. %s", clipped(place), kindOf(semantic.JSONKind), wanted)
}

// clipped is text from a file for an error, in bounds.
func clipped(text string) string {
	const longest = 80
	text = single(text)
	if r := []rune(text); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return text
}

func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(offset, len(data))], []byte("\n"))
}
