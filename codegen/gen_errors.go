package codegen

import (
	"fmt"
	"slices"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// sentinels are the classes that callers ask for with errors.Is.
var sentinels = []string{
	"ErrUnauthorized", "ErrDisconnected", "ErrForbidden", "ErrScopeMissing", "ErrNotFound", "ErrConflict",
	"ErrInvalid", "ErrTooLarge", "ErrRateLimited", "ErrQuotaSpent", "ErrUnavailable", "ErrTimeout",
	"ErrCursorExpired", "ErrKeyReused", "ErrPartial", "ErrRejected", "ErrDecode",
}

// errors writes errors.go: the type of provider codes with its constants, the
// classes, and the rules that tell a failure.
func (g *generator) errors() {
	// type ErrorCode string
	// func (c ErrorCode) Error() string { return "slack: " + string(c) }
	out := []decl{
		{fmt.Sprintf("ErrorCode is an error code of %s. Compare with errors.Is.", g.title), gofile.Type("ErrorCode").String()},
		{"Error returns the code after the name of the API.", gofile.Method("c", gofile.Id("ErrorCode"), "Error").Params().String().
			Block(gofile.Return(gofile.Lit(g.c.Name + ": ").Op("+").Add(gofile.Call(gofile.Id("string"), gofile.Id("c")))))},
	}
	var codes, classes, own []*gofile.Code
	for _, c := range g.c.Codes {
		codes = append(codes, gofile.Id(g.codeName(c)).Id("ErrorCode").Op("=").Add(gofile.Lit(c.Value)))
	}
	for _, name := range sentinels {
		classes = append(classes, gofile.Id(name).Op("=").Add(gofile.RT(name)))
	}
	for _, e := range g.clientErrors() {
		own = append(own, gofile.Trailing(gofile.Id(e.name).Op("=").Add(gofile.RT(e.name)), e.doc))
	}
	if len(codes) > 0 {
		out = append(out, decl{fmt.Sprintf("Codes that the spec names. %s may send others.", g.title), gofile.Defs("const", codes...)})
	}
	out = append(out,
		decl{"Classes of errors, whatever the code. Compare with errors.Is.", gofile.Defs("const", classes...)},
		decl{"Errors of the client itself. Compare with errors.Is.", gofile.Defs("var", own...)})
	g.add("errors", append(out, g.rules.decls(g)...)...)
}

type clientError struct{ name, doc string }

// clientErrors are what a client says of its own.
func (g *generator) clientErrors() []clientError {
	list := []clientError{
		{"ErrInvalidParams", "The parameters cannot be sent. No request was made."},
		{"ErrOutcomeUnknown", "A write may have taken effect: its answer got lost."},
	}
	if g.anyBatch() {
		list = append(list,
			clientError{"ErrNotSent", "An item of a batch was not sent, for what ended the batch before it."},
			clientError{"ErrTogether", "Nothing was done with an item of a batch, since another one failed."})
	}
	if g.firstDownload() != "" {
		list = append(list,
			clientError{"ErrChanged", "A download broke off, and the provider has another file by now."},
			clientError{"ErrChecksum", "A download is not what the provider says it has."})
	}
	if g.anyJob() {
		list = append(list,
			clientError{"ErrJobFailed", "The provider gave a job up."},
			clientError{"ErrJobStatus", "A job has a status that the spec does not know."})
	}
	return list
}

// codeName is the constant of a provider code. What the errors of a client are
// called is taken: who asks for ErrNotFound means whatever is not found, so the
// code not_found is ErrNotFoundCode.
func (g *generator) codeName(c *ir.Code) string {
	if slices.Contains(sentinels, c.Go) || slices.ContainsFunc(g.clientErrors(), func(e clientError) bool { return e.name == c.Go }) {
		return c.Go + "Code"
	}
	return c.Go
}
