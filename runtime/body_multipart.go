package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/textproto"
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
		values := []Raw{m.value}
		if m.value.Kind() == '[' && to.Style == StyleRepeat {
			values = elements(m.value)
		}
		for _, v := range values {
			if err := writePart(w, to.Name, v, b.files); err != nil {
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

// writePart writes one part. Objects are sent as JSON and say so.
func writePart(w *multipart.Writer, name string, v Raw, files files) error {
	disposition := fmt.Sprintf("form-data; name=%q", name)
	header := textproto.MIMEHeader{}
	content := []byte(rawText(v))
	file, isFile := files.file(v)
	switch kind := v.Kind(); {
	case isFile:
		disposition += fmt.Sprintf("; filename=%q", name)
		header.Set("Content-Type", "application/octet-stream")
		content = file
	case kind == '{' || kind == '[':
		header.Set("Content-Type", "application/json")
	}
	header.Set("Content-Disposition", disposition)
	part, err := w.CreatePart(header)
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	return err
}
