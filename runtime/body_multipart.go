package runtime

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// multipartBody is the type of [BodyMultipart].
type multipartBody uint8

func (multipartBody) marshal(in any, random func() float64) ([]byte, files, error) {
	return marshalFiles(in, random)
}

// members writes the members as parts, bytes as files (RFC 7578). The boundary
// is part of the type, so a declared type cannot replace that.
func (multipartBody) members(b bodyParams) ([]byte, string, error) {
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	if err := w.SetBoundary(randomHex(b.random)); err != nil {
		return nil, "", err
	}
	for _, m := range b.members {
		to := b.place(m.name)
		for _, part := range partsOf(to.Name, m.value, to.Style) {
			if err := writePart(w, part.name, part.value, b.files); err != nil {
				return nil, "", err
			}
		}
	}
	err := w.Close()
	return text.Bytes(), w.FormDataContentType(), err
}

func (m multipartBody) whole(b bodyParams, v Raw) (body []byte, contentType string, err error) {
	if b.members, err = members(v); err != nil {
		return nil, "", errors.New("the parts need an object")
	}
	return m.members(b)
}

// partsOf are the parts of one member, as its style has them. Unless one is named, a
// list has a part for each element.
func partsOf(name string, v Raw, style Style) (parts []member) {
	kind := v.Kind()
	between, _ := separator(style)
	switch {
	case kind != '[' && kind != '{':
	case between != "":
		return []member{{name, quote(strings.Join(texts(v), between))}}
	case style == StyleDeep, style == StyleBrackets:
		inBrackets(name, v, func(name string, v Raw) { parts = append(parts, member{name, v}) })
		return parts
	case style == StyleRepeat && kind == '[':
		for _, e := range elements(v) {
			parts = append(parts, member{name, e})
		}
		return parts
	case style == StyleSpread && kind == '{':
		ms, _ := members(v) // The value was written by the encoder.
		for _, m := range ms {
			parts = append(parts, partsOf(m.name, m.value, StyleRepeat)...)
		}
		return parts
	}
	return []member{{name, v}}
}

// writePart writes one part. Objects are sent as JSON and say so.
func writePart(w *multipart.Writer, name string, v Raw, files files) error {
	var disposition string
	header := textproto.MIMEHeader{}
	content := []byte(rawText(v))
	file, isFile := files.file(v)
	switch kind := v.Kind(); {
	case isFile:
		disposition = multipart.FileContentDisposition(name, name)
		header.Set("Content-Type", "application/octet-stream")
		content = file
	case kind == '{' || kind == '[':
		header.Set("Content-Type", "application/json")
		fallthrough
	default:
		disposition = strings.TrimSuffix(multipart.FileContentDisposition(name, ""), `; filename=""`)
	}
	header.Set("Content-Disposition", disposition)
	part, err := w.CreatePart(header)
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	return err
}
