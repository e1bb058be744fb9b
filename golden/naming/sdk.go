package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// sdkNames reads the methods of an SDK that name a path, as groups and a
// name, by method and path.
func sdkNames(dir string, deep, flat bool) (map[string][][]string, error) {
	out := map[string][][]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != dir && (!deep || strings.HasPrefix(e.Name(), "internal")):
			return fs.SkipDir
		case e.IsDir(), !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() || f.Body == nil {
				continue
			}
			name := []string{strings.TrimSuffix(f.Name.Name, "Context")}
			if !flat {
				group := strings.TrimSuffix(receiver(f), "Service")
				name = []string{strings.TrimPrefix(strings.TrimPrefix(group, "v1"), "v2"), f.Name.Name}
			}
			for _, at := range placesOf(f) {
				out[at] = append(out[at], name)
			}
		}
		return nil
	})
	return out, err
}

func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

var (
	operation = regexp.MustCompile(`meta:operation (\w+) (\S+)`)
	dotted    = regexp.MustCompile(`^[a-z]+(\.[a-zA-Z0-9]+)+$`)
)

// placesOf returns the methods and paths that a method of an SDK names: in its
// comment, or as strings in its body.
func placesOf(f *ast.FuncDecl) []string {
	var out []string
	for _, c := range comments(f) {
		if m := operation.FindStringSubmatch(c); m != nil {
			out = append(out, place(m[1], m[2]))
		}
	}
	if out != nil {
		return out
	}
	var paths []string
	method := ""
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			s, err := strconv.Unquote(n.Value)
			if err == nil && n.Kind == token.STRING && (strings.Contains(s, "/") || dotted.MatchString(s) || s == "threads") && !strings.ContainsAny(s, " :") {
				paths = append(paths, s)
			}
		case *ast.SelectorExpr:
			name := strings.TrimPrefix(n.Sel.Name, "Method")
			if m := strings.ToUpper(name); method == "" && slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, m) {
				method = m
			}
		}
		return true
	})
	for _, p := range paths {
		if dotted.MatchString(p) {
			out = append(out, place("GET", p), place("POST", p))
		} else if method != "" {
			out = append(out, place(method, p))
		}
	}
	return out
}

func comments(f *ast.FuncDecl) []string {
	if f.Doc == nil {
		return nil
	}
	var out []string
	for _, c := range f.Doc.List {
		out = append(out, c.Text)
	}
	return out
}

var (
	inPath  = regexp.MustCompile(`\{[^}]*\}|%[svd]`)
	version = regexp.MustCompile(`^(v\d+|\d{4}-\d{2}-\d{2})/`)
)

// place is a method and a path without what SDKs and specs write in their own
// ways: parameters, versions, and slashes at the ends.
func place(method, path string) string {
	path, _, _ = strings.Cut(strings.TrimSuffix(strings.Trim(path, "/"), ".json"), "?")
	path = version.ReplaceAllString(inPath.ReplaceAllString(path, "{}"), "")
	return method + " " + path
}

// equality says in what two names are the same.
type equality struct{ group, noun, verb bool }

func (e equality) score() int { return count(e.group) + 2*count(e.noun) + 2*count(e.verb) }

// equal compares names after the stated normalisation: case, number, and the
// verbs that mean the same.
func equal(ours, theirs []string, flat bool) equality {
	group := ours[:len(ours)-1]
	all, verb := words(strings.Join(group, " ")), words(ours[len(ours)-1])
	var last []string
	if len(group) > 0 {
		last = words(group[len(group)-1])
	}
	if flat {
		list := words(theirs[0])
		rest := list[1:]
		return equality{same(all, rest), len(last) > 0 && hasSuffix(rest, last), same(verb[:1], list[:1]) && (len(verb) == 1 || same(verb, list))}
	}
	g := words(theirs[0])
	for len(g) > 1 && slices.Contains([]string{"beta", "admin"}, g[0]) {
		g = g[1:]
	}
	return equality{same(all, g), len(last) > 0 && hasSuffix(g, last), same(verb, words(theirs[1]))}
}

func same(a, b []string) bool { return strings.Join(a, "") == strings.Join(b, "") }

func hasSuffix(list, end []string) bool {
	return strings.HasSuffix(strings.Join(list, ""), strings.Join(end, ""))
}

var synonyms = map[string]string{
	"retrieve": "get", "fetch": "get", "new": "create", "edit": "update", "repositorie": "repo", "repository": "repo", "pullrequest": "pull",
	"organization": "org", "remove": "delete", "people": "person",
}

// words splits a name, in lower case, each for one.
func words(name string) []string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	list := strings.FieldsFunc(b.String(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range list {
		switch {
		case strings.HasSuffix(w, "ies"):
			w = strings.TrimSuffix(w, "ies") + "y"
		case !strings.HasSuffix(w, "ss"):
			w = strings.TrimSuffix(w, "s")
		}
		if s, ok := synonyms[w]; ok {
			w = s
		}
		list[i] = w
	}
	return list
}
