package runtime

import "cmp"

// encodeBody writes the members that are left. It returns the member at fault
// with an error.
func (k *call) encodeBody(p *params) (param string, err error) {
	req, spec := &k.req, &k.op.Body
	if spec.As == nil {
		return "", nil
	}
	b := bodyParams{params: *p, Body: spec, styles: k.plan.styles, random: k.app.cfg.random}
	if spec.Field == "" {
		req.body, req.contentType, err = spec.As.members(b)
	} else if v := p.find(spec.Field); v != nil {
		req.body, req.contentType, err = spec.As.whole(b, v)
	}
	req.hasBody = req.contentType != ""
	return spec.Field, err
}

// bodyParams are parameters on their way into the body. They stand between a
// [BodyAs] and the call because the linker keeps all that the methods behind an
// interface speak of, and a call leads to everything.
type bodyParams struct {
	params
	*Body
	styles map[string]Param
	random func() float64
}

// place is how a member of the body is named and written.
func (b bodyParams) place(field string) Param {
	if p, ok := b.styles[field]; ok {
		return p
	}
	return Param{Field: field, Name: field}
}

// mediaType is the declared type of the body or else the usual one.
func (b bodyParams) mediaType(usual string) string { return cmp.Or(b.Type, usual) }

// jsonBody is the type of [BodyJSON].
type jsonBody uint8

func (jsonBody) marshal(in any, _ func() float64) ([]byte, files, error) {
	data, err := marshalSent(in)
	return data, files{}, err
}

// members writes an object, or nothing when there are no parameters at all.
func (jsonBody) members(b bodyParams) ([]byte, string, error) {
	if b.none && len(b.members) == 0 {
		return nil, "", nil
	}
	body := b.json
	if b.edited || len(b.Style) > 0 {
		for i, m := range b.members {
			b.members[i].name = b.place(m.name).Name
		}
		body = joinMembers(b.members)
	}
	return body, b.mediaType(jsonType), nil
}

func (jsonBody) whole(b bodyParams, v Raw) ([]byte, string, error) {
	return v, b.mediaType(jsonType), nil
}

const jsonType = "application/json"

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
