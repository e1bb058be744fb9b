package runtime

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// encoded is what a call sends, made once and the same in each attempt.
type encoded struct {
	url         url.URL
	header      []Header
	cookies     []Header
	body        []byte
	contentType string
	hasBody     bool

	inputs   map[string]string // Members that limits are kept by.
	position string            // Where in the list the page is, as the caller or At said.
	link     string            // Where the page is, as the provider said.
	size     int               // Items that the page was asked for; 0 when nobody said.
	after    string            // Of a list by windows: where the next one begins; empty is nowhere.
	until    time.Time         // Of a list by windows: where the last one ends.
}

// encode turns the parameters into a request. They are written as JSON once;
// the members then go where the operation says.
func (k *call) encode(in any) *APIError {
	p := params{none: in == nil}
	var err error
	if p.json, p.files, err = k.marshal(in); err != nil {
		return k.invalid(memberOf(err), errors.New("cannot be written as JSON"))
	}
	if !k.plan.direct {
		if p.members, err = members(p.json); err != nil {
			return k.invalid("", err)
		}
		k.fill(&p)
		if in != nil || k.at == "" { // Else a position is all that is sent.
			if name := k.missing(&p, in); name != "" {
				return k.invalid(name, errors.New("it is required"))
			}
			if c := k.open(&p); c != nil {
				return k.invalid("", fmt.Errorf("it needs %s", c))
			}
		}
		if k.turner != nil {
			k.turner.turn(k, &p)
		}
	}
	if err := k.idempotencyKey(&p); err != nil {
		return k.invalid("", err)
	}
	k.limitInputs(&p)
	r := router{call: k}
	if name, err := r.route(&p); err != nil {
		return k.invalid(name, err)
	}
	switch name, err := r.address(); {
	case err == ErrForeignURL: // No fault of the parameters.
		return k.failed(ClassUnknown, err)
	case err != nil:
		return k.invalid(name, err)
	}
	if name, err := k.encodeBody(&p); err != nil {
		return k.invalid(name, err)
	}
	return nil
}

// invalid returns the error of parameters that cannot be sent. It never quotes
// a value.
func (k *call) invalid(param string, err error) *APIError {
	cause := fmt.Errorf("%w: %w", ErrInvalidParams, err)
	if param != "" {
		cause = fmt.Errorf("%w: %s: %w", ErrInvalidParams, param, err)
	}
	e := k.failed(ClassInvalid, cause)
	e.Param, e.final = param, true
	return e
}

// marshal writes the parameters as JSON.
func (k *call) marshal(in any) ([]byte, files, error) {
	if in == nil {
		return []byte("{}"), files{}, nil
	}
	if as := k.op.Body.As; as != nil {
		return as.marshal(in, k.app.cfg.random)
	}
	data, err := marshalSent(in)
	return data, files{}, err
}

// limitInputs keeps the members that limits are kept by.
func (k *call) limitInputs(p *params) {
	if len(k.plan.inputs) == 0 {
		return
	}
	k.req.inputs = make(map[string]string, len(k.plan.inputs))
	for _, name := range k.plan.inputs {
		k.req.inputs[name] = rawText(p.find(name))
	}
}
