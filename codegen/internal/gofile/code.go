package gofile

import (
	"strings"

	"github.com/dave/jennifer/jen"
)

// Code is a piece of Go: an expression, a type, a statement or a declaration.
// Its methods are the builder's own.
type Code = jen.Statement

// Id is a name of the file's own package, a local name or a predeclared one.
func Id(name string) *Code { return jen.Id(name) }

// Qual is an exported name of another package, imported when it is rendered.
func Qual(path, name string) *Code { return jen.Qual(path, name) }

// RT is an exported name of the runtime: rt.Name.
func RT(name string) *Code { return jen.Qual(Runtime, name) }

// Lit is a literal string, int, float or bool.
func Lit(v any) *Code { return jen.Lit(v) }

// Raw is a literal string in back quotes where it can be, so that JSON text
// stays readable.
func Raw(s string) *Code {
	if strings.ContainsAny(s, "\"\\") && !strings.ContainsAny(s, "`\n\r") {
		return jen.Op("`" + s + "`")
	}
	return jen.Lit(s)
}

// Op is an operator before an operand: &x, *T.
func Op(op string) *Code { return jen.Op(op) }

// Type starts a type declaration.
func Type(name string) *Code { return jen.Type().Id(name) }

// Var starts a variable declaration.
func Var(name string) *Code { return jen.Var().Id(name) }

// Func starts a function declaration; name is empty for a literal.
func Func(name string) *Code {
	if name == "" {
		return jen.Func()
	}
	return jen.Func().Id(name)
}

// Method starts a method declaration.
func Method(recv string, typ *Code, name string) *Code {
	return jen.Func().Params(jen.Id(recv).Add(typ)).Id(name)
}

// Param is a parameter, a result or any other name with its type.
func Param(name string, typ *Code) *Code { return jen.Id(name).Add(typ) }

// Slice is []elem.
func Slice(elem *Code) *Code { return jen.Index().Add(elem) }

// Map is map[string]elem.
func Map(elem *Code) *Code { return jen.Map(jen.String()).Add(elem) }

// Ptr is *elem.
func Ptr(elem *Code) *Code { return jen.Op("*").Add(elem) }

// Return is a return statement.
func Return(results ...*Code) *Code { return jen.Return(codes(results)...) }

// If is an if statement without its block: init may be nil.
func If(init, cond *Code) *Code {
	if init == nil {
		return jen.If(cond)
	}
	return jen.If(init, cond)
}

// Switch is a switch statement without its block.
func Switch(on *Code) *Code { return jen.Switch(on) }

// Case is one case of a switch without its block.
func Case(values ...*Code) *Code { return jen.Case(codes(values)...) }

// Block is a list of statements in braces.
func Block(statements ...*Code) *Code { return jen.Block(codes(statements)...) }

// Struct is a struct type with its fields, one a line.
func Struct(fields ...*Code) *Code { return jen.Struct(codes(fields)...) }

// Embed is a struct type with nothing but one embedded type, on one line.
func Embed(typ *Code) *Code {
	return jen.Id("struct").Custom(jen.Options{Open: "{ ", Close: " }"}, typ)
}

// Defs is a declaration of several constants, variables or types in
// parentheses, one a line: keyword is const, var or type.
func Defs(keyword string, defs ...*Code) *Code {
	start := map[string]*Code{"const": jen.Const(), "var": jen.Var(), "type": jen.Type()}[keyword]
	return start.Defs(codes(defs)...)
}

// Call is fn(args...).
func Call(fn *Code, args ...*Code) *Code { return jen.Add(fn).Call(codes(args)...) }

// CallLines is fn(args...) with one argument a line.
func CallLines(fn *Code, args ...*Code) *Code {
	return jen.Add(fn).Custom(jen.Options{Open: "(", Close: ")", Separator: ",", Multi: true}, codes(args)...)
}

// List turns a list into what the builder's own methods take. Nil is left out.
func List(list ...*Code) []jen.Code { return codes(list) }

func codes(list []*Code) []jen.Code {
	out := make([]jen.Code, 0, len(list))
	for _, c := range list {
		if c != nil {
			out = append(out, c)
		}
	}
	return out
}
