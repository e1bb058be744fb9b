package runtime

import (
	"errors"
	"strings"
)

// formBody is the type of [BodyForm].
type formBody uint8

func (formBody) marshal(in any, _ func() float64) ([]byte, files, error) {
	data, err := marshalSent(in)
	return data, files{}, err
}

func (formBody) members(b bodyParams) ([]byte, string, error) {
	var text strings.Builder
	for _, m := range b.members {
		to := b.place(m.name)
		appendStyled(&text, to.Name, m.value, to.Style)
	}
	return []byte(text.String()), b.mediaType("application/x-www-form-urlencoded"), nil
}

func (f formBody) whole(b bodyParams, v Raw) (body []byte, contentType string, err error) {
	if b.members, err = members(v); err != nil {
		return nil, "", errors.New("a form needs an object")
	}
	return f.members(b)
}
