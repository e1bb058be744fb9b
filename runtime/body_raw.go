package runtime

import (
	"errors"
	"strconv"
	"strings"
)

// rawBody is the type of [BodyRaw].
type rawBody uint8

func (rawBody) marshal(in any, random func() float64) ([]byte, files, error) {
	return marshalFiles(in, random)
}

func (rawBody) members(bodyParams) ([]byte, string, error) {
	return nil, "", errors.New("a raw body needs the name of its parameter")
}

// whole sends bytes as they are and anything else as text.
func (rawBody) whole(b bodyParams, v Raw) ([]byte, string, error) {
	if file, ok := b.files.file(v); ok {
		return file, b.mediaType("application/octet-stream"), nil
	}
	return []byte(rawText(v)), b.mediaType("text/plain; charset=utf-8"), nil
}

// files are the []byte values of the parameters. JSON has no bytes, so the
// text mark and an index stands for each while the members are sorted.
type files struct {
	mark string // Random, so that no text of a caller is mistaken for one.
	data [][]byte
}

// marshalFiles writes v as JSON with its []byte values taken out.
func marshalFiles(v any, random func() float64) ([]byte, files, error) {
	f := files{mark: randomHex(random) + ":"}
	data, err := marshal(v, marshalBytes(func(b []byte) string {
		f.data = append(f.data, b)
		return f.mark + strconv.Itoa(len(f.data)-1)
	}))
	return data, f, err
}

// file returns the bytes that a value stands for.
func (f files) file(v Raw) (data []byte, ok bool) {
	if v.Kind() != '"' || len(f.data) == 0 {
		return nil, false
	}
	index, ok := strings.CutPrefix(unquote(v), f.mark)
	if !ok {
		return nil, false
	}
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(f.data) {
		return nil, false
	}
	return f.data[i], true
}
