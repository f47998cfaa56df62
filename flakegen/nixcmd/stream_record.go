package nixcmd

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// record is the members of one record, whatever its action.
type record struct {
	action  string
	id      uint64
	hasID   bool
	parent  uint64
	kind    int
	level   int
	text    string
	message string
	raw     string
	fields  Fields
	extra   []Member
}

// recordParser parses records. It is jsontext, the scanner of the coming
// standard library, because encoding/json takes 2.3 µs for a record and leaves
// unknown members out; BenchmarkDecoder has the ratio.
type recordParser struct {
	json   jsontext.Decoder
	source bytes.Buffer
}

func (p *recordParser) parse(text []byte) (record, error) {
	p.source = *bytes.NewBuffer(text)
	// Neither valid UTF-8 nor unique names are worth losing a record for; of two
	// members with one name the last holds.
	p.json.Reset(&p.source, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	var r record
	if open, err := p.json.ReadToken(); err != nil {
		return r, err
	} else if open.Kind() != '{' {
		return r, errors.New("record is no JSON object")
	}
	for {
		name, err := p.json.ReadToken()
		if err != nil {
			return r, err
		}
		if name.Kind() == '}' {
			break
		}
		if err := p.member(&r, name.String()); err != nil {
			return r, err
		}
	}
	if _, err := p.json.ReadToken(); err != io.EOF {
		return r, errors.New("text after the JSON object")
	}
	return r, nil
}

// member reads the value of the named member into its place in r.
func (p *recordParser) member(r *record, name string) error {
	switch p.json.PeekKind() {
	case '[':
		if name == "fields" {
			return p.fields(r)
		}
	case '"':
		if place := r.textMember(name); place != nil {
			value, err := p.json.ReadToken()
			if err != nil {
				return err
			}
			*place = value.String()
			return nil
		}
	}
	value, err := p.json.ReadValue()
	if err != nil {
		return err
	}
	if value.Kind() == '0' && r.setNumber(name, value) {
		return nil
	}
	// Nix before 2.18 has no parent, newer ones may have a null for what is not
	// known; both are the zero value.
	if value.Kind() == 'n' && r.has(name) {
		return nil
	}
	r.extra = append(r.extra, Member{Name: name, JSON: bytes.Clone(value)})
	return nil
}

func (p *recordParser) fields(r *record) error {
	if _, err := p.json.ReadToken(); err != nil {
		return err
	}
	r.fields = make(Fields, 0, 4) // a build and a count have four
	for {
		switch p.json.PeekKind() {
		case ']':
			_, err := p.json.ReadToken()
			return err
		case '"':
			value, err := p.json.ReadToken()
			if err != nil {
				return err
			}
			r.fields = append(r.fields, Field{Kind: FieldText, Text: value.String()})
		default:
			value, err := p.json.ReadValue()
			if err != nil {
				return err
			}
			r.fields = append(r.fields, otherField(value))
		}
	}
}

func otherField(value jsontext.Value) Field {
	if value.Kind() == '0' {
		if n, err := strconv.ParseUint(string(value), 10, 64); err == nil {
			return Field{Kind: FieldNumber, Number: n}
		}
	}
	return Field{Kind: FieldOther, Text: string(value)}
}

func (r *record) textMember(name string) *string {
	switch name {
	case "action":
		return &r.action
	case "text":
		return &r.text
	case "msg":
		return &r.message
	case "raw_msg":
		return &r.raw
	}
	return nil
}

// setNumber takes an unsigned integer to its place, and says whether it has one.
func (r *record) setNumber(name string, value jsontext.Value) bool {
	n, err := strconv.ParseUint(string(value), 10, 64)
	if err != nil {
		return false
	}
	switch name {
	case "id":
		r.id, r.hasID = n, true
	case "parent":
		r.parent = n
	case "type":
		if n > math.MaxInt32 {
			return false
		}
		r.kind = int(n)
	case "level":
		if n > math.MaxInt32 {
			return false
		}
		r.level = int(n)
	default:
		return false
	}
	return true
}

func (r *record) has(name string) bool {
	switch name {
	case "id", "parent", "type", "level", "fields":
		return true
	}
	return r.textMember(name) != nil
}
