package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine is how long a line may be in bytes, without its end.
const maxLine = 8 << 20

var errTooLong = fmt.Errorf("longer than %d MiB", maxLine>>20)

// A lineReader reads lines in constant memory, whatever their length and number.
type lineReader struct {
	in     *bufio.Reader
	line   []byte
	number int // of the line read last, from 1
}

func newLineReader(in io.Reader) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(in, 64<<10)}
}

// next returns the next line that is not blank, without its end. It is valid
// until the next call. Of a line that is too long it returns the beginning, and
// errTooLong; reading goes on behind it. After the last line it returns io.EOF.
func (r *lineReader) next() ([]byte, error) {
	for {
		long, err := r.read()
		switch {
		case err != nil:
			return nil, err
		case long:
			return r.line, errTooLong
		case len(bytes.TrimSpace(r.line)) > 0:
			return r.line, nil
		}
	}
}

// read reads one line into r.line, of one that is too long the beginning. The
// last line may lack its end.
func (r *lineReader) read() (long bool, err error) {
	const whole = maxLine + len("\r\n")
	r.line = r.line[:0]
	for size := 0; ; {
		part, err := r.in.ReadSlice('\n')
		size += len(part)
		r.line = append(r.line, part[:min(len(part), whole-len(r.line))]...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (size == 0 || !errors.Is(err, io.EOF)):
			return false, err
		}
		r.number++
		r.line = bytes.TrimSuffix(bytes.TrimSuffix(r.line, []byte("\n")), []byte("\r"))
		if size > whole || len(r.line) > maxLine {
			r.line = r.line[:maxLine]
			return true, nil
		}
		return false, nil
	}
}

// A tied reader flushes out before it reads, so that whoever waits for answers
// before writing more gets them.
type tied struct {
	in  io.Reader
	out *bufio.Writer
}

func (t tied) Read(p []byte) (int, error) {
	if err := t.out.Flush(); err != nil {
		return 0, err
	}
	return t.in.Read(p)
}
