package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
)

// A frame is one event of a watch, as it came. What it tells is read only where a rule asks for that.
type frame struct {
	raw    []byte
	came   time.Time
	format *format

	isRead                     bool
	kind, namespace, name, uid string
}

// A format is how the events of a stream are set apart, read, and told under another kind.
type format struct {
	next func(*bufio.Reader) ([]byte, error)
	read func(*frame) error
	as   func(*frame, string) []byte
}

// formatOf returns the format of a stream; one of another kind passes in pieces, and nothing in it is read.
func formatOf(contentType string) *format {
	switch {
	case strings.HasPrefix(contentType, "application/json"):
		return &format{nextLine, readJSON, asJSON}
	case strings.HasPrefix(contentType, "application/vnd.kubernetes.protobuf"):
		return &format{nextSized, readProtobuf, asProtobuf}
	}
	return &format{nextPiece, func(*frame) error { return nil }, func(f *frame, _ string) []byte { return f.raw }}
}

// understand reads what a frame tells, once.
func (f *frame) understand() error {
	if f.isRead {
		return nil
	}
	f.isRead = true
	return f.format.read(f)
}

func nextLine(from *bufio.Reader) ([]byte, error) {
	line, err := from.ReadBytes('\n')
	if len(line) > 0 && err == io.EOF {
		err = nil
	}
	return line, err
}

// nextSized returns a frame with the four bytes before it that say how long it is.
func nextSized(from *bufio.Reader) ([]byte, error) {
	head, err := from.Peek(4)
	if err != nil {
		return nil, err
	}
	whole := make([]byte, 4+binary.BigEndian.Uint32(head))
	_, err = io.ReadFull(from, whole)
	return whole, err
}

func nextPiece(from *bufio.Reader) ([]byte, error) {
	if _, err := from.Peek(1); err != nil {
		return nil, err
	}
	piece := make([]byte, from.Buffered())
	_, err := io.ReadFull(from, piece)
	return piece, err
}

type event struct {
	Type   string          `json:"type"`
	Object json.RawMessage `json:"object"`
}

func readJSON(f *frame) error {
	var told event
	var object struct {
		Metadata struct{ Namespace, Name, UID string }
	}
	if err := json.Unmarshal(f.raw, &told); err != nil {
		return err
	}
	if err := json.Unmarshal(told.Object, &object); err != nil {
		return err
	}
	f.kind, f.namespace, f.name, f.uid = told.Type, object.Metadata.Namespace, object.Metadata.Name, object.Metadata.UID
	return nil
}

func asJSON(f *frame, kind string) []byte {
	var told event
	if json.Unmarshal(f.raw, &told) != nil {
		return f.raw
	}
	told.Type = kind
	line, err := json.Marshal(told)
	if err != nil {
		return f.raw
	}
	return append(line, '\n')
}

// A frame in protobuf is a WatchEvent (type = 1, object = 2: raw = 1). The object is "k8s\0" and an Unknown (raw = 2),
// whose raw is the object itself (metadata = 1: name = 1, namespace = 3, uid = 5).
func readProtobuf(f *frame) error {
	told, err := fields(f.raw[4:])
	if err != nil {
		return err
	}
	f.kind = string(told[1])
	raw, err := fields(told[2])
	if err != nil {
		return err
	}
	unknown, err := fields([]byte(strings.TrimPrefix(string(raw[1]), "k8s\x00")))
	if err != nil {
		return err
	}
	object, err := fields(unknown[2])
	if err != nil {
		return err
	}
	metadata, err := fields(object[1])
	f.name, f.namespace, f.uid = string(metadata[1]), string(metadata[3]), string(metadata[5])
	return err
}

func asProtobuf(f *frame, kind string) []byte {
	told, err := fields(f.raw[4:])
	if err != nil {
		return f.raw
	}
	body := append(sized(1, []byte(kind)), sized(2, told[2])...)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

func sized(number int, data []byte) []byte {
	head := binary.AppendUvarint([]byte{byte(number<<3 | 2)}, uint64(len(data)))
	return append(head, data...)
}

var errProtobuf = errors.New("what came is no protobuf")

// fields returns the last value of each field of a message that is bytes; numbers are passed over.
func fields(message []byte) (map[uint64][]byte, error) {
	found := map[uint64][]byte{}
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		if n <= 0 {
			return nil, errProtobuf
		}
		message = message[n:]
		skip := uint64(0)
		switch key & 7 {
		case 0:
			_, n = binary.Uvarint(message)
			if n <= 0 {
				return nil, errProtobuf
			}
			skip = uint64(n)
		case 1:
			skip = 8
		case 5:
			skip = 4
		case 2:
			length, n := binary.Uvarint(message)
			if n <= 0 || length > uint64(len(message)-n) {
				return nil, errProtobuf
			}
			found[key>>3] = message[n : n+int(length)]
			skip = uint64(n) + length
		default:
			return nil, errProtobuf
		}
		if skip > uint64(len(message)) {
			return nil, errProtobuf
		}
		message = message[skip:]
	}
	return found, nil
}
