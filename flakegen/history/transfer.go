package history

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Export writes the lines of the records that are meant, oldest first, and says
// how many.
func (s *Store) Export(ctx context.Context, w io.Writer, f Filter) (written int, err error) {
	where, args := f.where()
	for text, err := range s.lines(ctx, where, args, "ASC", limit(f)) {
		if err != nil {
			return written, s.failure("read", err)
		}
		if _, err := w.Write(append(text, '\n')); err != nil {
			return written, fmt.Errorf("write: %w", err)
		}
		written++
	}
	return written, nil
}

// Imported says what became of the lines of one source.
type Imported struct {
	// Added are new, Known were there already.
	Added, Known int
	// Refused are lines that are none of a record. Refusals tells of the first.
	Refused  int
	Refusals []Refusal
}

// Refusal is a line that was not taken.
type Refusal struct {
	Line int // from 1
	Err  error
}

const (
	// maxRefusals is how many refusals are told.
	maxRefusals = 10
	// importBatch is how many lines are added in one transaction: others write in
	// between, and what is imported before an interrupt is kept.
	importBatch = 200
)

// Import adds the records of lines that [Store.Export] wrote, here or elsewhere.
// One that is there already is left as it is. A line that is no record is refused
// and the others are taken. It reads one line at a time.
func (s *Store) Import(ctx context.Context, from io.Reader) (Imported, error) {
	i := importer{reader: bufio.NewReaderSize(from, 64<<10)}
	for !i.ended {
		batch, err := i.batch(ctx)
		if err != nil {
			return i.done, err
		}
		added := 0
		err = s.write(ctx, func(tx *sql.Tx) error {
			added = 0 // where it has to be done again
			for _, l := range batch {
				isNew, err := add(ctx, tx, l.record, l.text)
				if err != nil {
					return err
				}
				if isNew {
					added++
				}
			}
			return nil
		})
		if err != nil {
			return i.done, s.failure("write", err)
		}
		i.done.Added += added
		i.done.Known += len(batch) - added
	}
	return i.done, nil
}

type importer struct {
	reader *bufio.Reader
	number int
	ended  bool
	done   Imported
}

type importedLine struct {
	record Record
	text   []byte
}

// maxBatch is how many bytes of lines are held at once.
const maxBatch = 8 << 20

func (i *importer) batch(ctx context.Context) ([]importedLine, error) {
	var batch []importedLine
	for size := 0; len(batch) < importBatch && size < maxBatch; {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		text, err := i.next()
		switch {
		case errors.Is(err, io.EOF):
			i.ended = true
			return batch, nil
		case errors.Is(err, errLong):
			i.refuse(err)
			continue
		case err != nil:
			return nil, fmt.Errorf("read line %d: %w", i.number, err)
		case len(text) == 0:
			continue
		}
		record, err := parseLine(text)
		if err != nil {
			i.refuse(err)
			continue
		}
		batch = append(batch, importedLine{record, text})
		size += len(text)
	}
	return batch, nil
}

func (i *importer) refuse(err error) {
	i.done.Refused++
	if len(i.done.Refusals) < maxRefusals {
		i.done.Refusals = append(i.done.Refusals, Refusal{i.number, err})
	}
}

var errLong = fmt.Errorf("it is longer than %d MB", maxLine>>20)

// next reads a line, without the white space around it, and never holds more of it
// than a line may have.
func (i *importer) next() ([]byte, error) {
	i.number++
	var text []byte
	for {
		part, err := i.reader.ReadSlice('\n')
		if len(text) <= maxLine {
			text = append(text, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case errors.Is(err, io.EOF) && len(text) == 0:
			return nil, io.EOF
		case len(text) > maxLine:
			return nil, errLong
		}
		text = bytes.TrimSpace(text)
		var compact bytes.Buffer
		if json.Compact(&compact, text) == nil {
			text = compact.Bytes()
		}
		return text, nil
	}
}
