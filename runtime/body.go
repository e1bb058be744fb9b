package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"strings"
)

// encodeBody writes the members that are left. It returns the member at fault
// with an error.
func (k *call) encodeBody(p *params, given bool, files files) (param string, err error) {
	spec, ms := &k.op.Body, p.members
	if spec.Field != "" {
		return spec.Field, k.encodeWhole(p.find(spec.Field), files)
	}
	var usual string
	switch spec.As {
	case BodyJSON:
		if !given && len(ms) == 0 {
			return "", nil
		}
		usual, k.req.body = "application/json", p.json
		if p.edited || len(spec.Style) > 0 {
			for i := range ms {
				ms[i].name = k.bodyMember(ms[i].name).Name
			}
			k.req.body = joinMembers(ms)
		}
	case BodyForm:
		usual, k.req.body = "application/x-www-form-urlencoded", k.form(ms)
	case BodyMultipart:
		if usual, err = k.encodeMultipart(ms, files); err != nil {
			return "", err
		}
	default:
		return "", nil
	}
	k.setBody(usual)
	return "", nil
}

// bodyMember is how a member of the body is named and written.
func (k *call) bodyMember(field string) Param {
	if p, ok := k.plan.styles[field]; ok {
		return p
	}
	return Param{Field: field, Name: field}
}

// form writes members as a form.
func (k *call) form(ms []member) []byte {
	var b strings.Builder
	for _, m := range ms {
		p := k.bodyMember(m.name)
		appendStyled(&b, p.Name, m.value, p.Style)
	}
	return []byte(b.String())
}

// setBody names the type of the body. The boundary of a multipart body is part
// of it, so a declared type cannot replace that one.
func (k *call) setBody(usual string) {
	k.req.hasBody, k.req.contentType = true, usual
	if k.op.Body.Type != "" && k.op.Body.As != BodyMultipart {
		k.req.contentType = k.op.Body.Type
	}
}

// encodeWhole sends the one member that is the whole body.
func (k *call) encodeWhole(v Raw, files files) error {
	if v == nil {
		return nil
	}
	switch k.op.Body.As {
	case BodyJSON:
		k.req.body = v
		k.setBody("application/json")
	case BodyForm:
		ms, err := members(v)
		if err != nil {
			return errors.New("a form needs an object")
		}
		k.req.body = k.form(ms)
		k.setBody("application/x-www-form-urlencoded")
	case BodyRaw:
		if file, ok := files.file(v); ok {
			k.req.body = file
			k.setBody("application/octet-stream")
			return nil
		}
		k.req.body = []byte(rawText(v))
		k.setBody("text/plain; charset=utf-8")
	default:
		return errors.New("one member cannot be the whole of this body")
	}
	return nil
}

// encodeMultipart writes the members as parts, bytes as files (RFC 7578).
func (k *call) encodeMultipart(ms []member, files files) (contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(randomHex(k.app.cfg.random)); err != nil {
		return "", err
	}
	for _, m := range ms {
		p := k.bodyMember(m.name)
		values := []Raw{m.value}
		if m.value.Kind() == '[' && p.Style == StyleRepeat {
			values = elements(m.value)
		}
		for _, v := range values {
			if err := writePart(w, p.Name, v, files); err != nil {
				return "", err
			}
		}
	}
	err = w.Close()
	k.req.body = b.Bytes()
	return w.FormDataContentType(), err
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

// joinMembers writes an object.
func joinMembers(ms []member) []byte {
	b := []byte{'{'}
	for i, m := range ms {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendQuote(b, m.name), ':')
		b = append(b, m.value...)
	}
	return append(b, '}')
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
