package runtime

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// plan is an [Op] made ready: looked up once per app instead of once per call.
type plan struct {
	rules     *ruleSet
	params    map[string]Param // Members that do not go into the body, by Field.
	styles    map[string]Param // Members of the body with a style or a name of their own, by Field.
	path      []pathPart
	fixedPath bool // The path has no parameters.
	inBody    bool // Whether a 200 is a success stands in its body.
	uses      []limitUse
	inputs    []string // Members that limits are kept by.
	direct    bool     // The parameters as JSON are the body as it is sent.
	tag       string   // Where the provider's request id stands in every response: a header.
}

// pathPart is literal text or a parameter.
type pathPart struct {
	text  string
	param string
}

// limitUse is a bucket that an operation draws from.
type limitUse struct {
	*Limit
	cost int
}

// plan returns the operation's plan.
func (a *App) plan(op *Op) (*plan, error) {
	if p, ok := a.plans.Load(op); ok {
		return p.(*plan), nil
	}
	p, err := newPlan(a.api, op)
	if err != nil {
		return nil, err
	}
	kept, _ := a.plans.LoadOrStore(op, p)
	return kept.(*plan), nil
}

// newPlan makes an operation ready. Errors are faults of the generated data.
func newPlan(api *API, op *Op) (*plan, error) {
	all := slices.Concat(op.Errors, api.Errors)
	rules, err := newRuleSet(all)
	if err != nil {
		return nil, err
	}
	p := &plan{rules: rules, path: splitPath(op.Path), fixedPath: !strings.Contains(op.Path, "{")}
	if op.Server < 0 || op.Server >= len(api.Servers) {
		return nil, fmt.Errorf("there is no server %d", op.Server)
	}
	if err := p.drawFrom(api.Limits, op.Limits); err != nil {
		return nil, err
	}
	p.params, p.styles = placements(op)
	p.direct = op.Body.As == BodyJSON && op.Body.Field == "" && len(op.Params) == 0 && len(op.Required) == 0 && len(op.Choices) == 0 && len(op.Usual) == 0 && len(op.Body.Style) == 0 && op.Page == nil &&
		(op.Key == nil || op.Key.Body == "") && len(p.inputs) == 0
	p.inBody = rules.lookInto(http.StatusOK)
	for _, r := range all {
		if r.Request != nil && r.Request.Header != "" {
			p.tag = r.Request.Header
			break
		}
	}
	return p, nil
}

// placements indexes where members go and how they are written.
func placements(op *Op) (params map[string]Param, styles map[string]Param) {
	params = make(map[string]Param, len(op.Params)+1)
	for _, p := range op.Params {
		params[p.Field] = named(p)
	}
	if op.Page != nil && op.Page.Style != PageLink && !op.Page.ToBody {
		to := named(op.Page.To)
		if _, ok := params[to.Field]; !ok {
			params[to.Field] = to
		}
	}
	if op.Key != nil && op.Key.Query != "" {
		params[op.Key.Query] = Param{Name: op.Key.Query}
	}
	styles = make(map[string]Param, len(op.Body.Style))
	for _, s := range op.Body.Style {
		styles[s.Field] = named(s)
	}
	return params, styles
}

// named fills in whichever of the two names is left out.
func named(p Param) Param {
	if p.Name == "" {
		p.Name = p.Field
	}
	if p.Field == "" {
		p.Field = p.Name
	}
	return p
}

// splitPath splits "a/{b}/c" at its parameters.
func splitPath(path string) []pathPart {
	var parts []pathPart
	for path != "" {
		text, rest, found := strings.Cut(path, "{")
		if text != "" {
			parts = append(parts, pathPart{text: text})
		}
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		parts = append(parts, pathPart{param: name})
		path = after
	}
	return parts
}

// drawFrom notes the limits that an operation uses, in the order of the API:
// two operations that take permits of the same two limits must not each wait
// for what the other holds. Going through the limits in order needs no sort,
// which would bring 30 KB into every program.
func (p *plan) drawFrom(limits []Limit, uses []LimitUse) error {
	for _, use := range uses {
		if use.Limit < 0 || use.Limit >= len(limits) {
			return fmt.Errorf("there is no limit %d", use.Limit)
		}
	}
	for i := range limits {
		for _, use := range uses {
			if use.Limit == i {
				p.draw(&limits[i], use)
			}
		}
	}
	return nil
}

func (p *plan) draw(limit *Limit, use LimitUse) {
	p.uses = append(p.uses, limitUse{limit, max(use.Cost, 1)})
	for _, by := range limit.By {
		if name, ok := strings.CutPrefix(by, "in."); ok {
			p.inputs = append(p.inputs, name)
		}
	}
}
