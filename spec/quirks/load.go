package quirks

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

//go:embed *.cue
var files embed.FS

const schemaFile = "schema.cue"

// Index is the knowledge base: the embedded files and, before them, those of
// folders of a user. Loading it reads which APIs there are; what is known of
// one is read when it is asked for.
type Index struct {
	books []*book // By name.
}

// book is what is known of one API, with the files it is read from.
type book struct {
	api   API
	pages []page // Of users first; the embedded one last.
	read  func() (*Set, error)
}

type page struct {
	name string // Of the file, for messages.
	src  []byte
}

// Load opens the embedded knowledge base. Its files are held to the schema by
// the tests of this package, and are not checked again.
func Load() (*Index, error) { return load(files) }

func load(fsys fs.FS) (*Index, error) {
	x := &Index{}
	pages, err := pagesOf(fsys)
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		if err := x.add(p); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// With returns the knowledge base with the files of a folder added: facts of
// an API that is known come before the embedded ones, and take the place of
// those with the same id. Every file is checked; what is wrong with them is
// one [Problems].
func (x *Index) With(dir string) (*Index, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; quirks are kept in a folder, one file an API", dir)
	}
	pages, err := pagesOf(os.DirFS(dir))
	if err != nil {
		return nil, err
	}
	out := &Index{books: slices.Clone(x.books)}
	var all Problems
	for _, p := range pages {
		p.name = filepath.Join(dir, p.name)
		if problems := check(p); len(problems) > 0 {
			all = append(all, problems...)
			continue
		}
		if err := out.add(p); err != nil {
			all = append(all, problemsOf(p.name, err)...)
		}
	}
	if len(all) > 0 {
		return nil, all
	}
	return out, nil
}

func pagesOf(fsys fs.FS) ([]page, error) {
	names, err := fs.Glob(fsys, "*.cue")
	if err != nil {
		return nil, err
	}
	var pages []page
	for _, name := range names {
		if name == schemaFile {
			continue
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page{name, src})
	}
	return pages, nil
}

// add puts a file into the index: a book of its own, or in front of the pages
// of one that there is. An API that is known already need not be described.
func (x *Index) add(p page) error {
	name := nameOf(p.name)
	api, err := readAPI(p)
	if err != nil {
		return err
	}
	i, known := slices.BinarySearchFunc(x.books, name, func(b *book, name string) int { return strings.Compare(b.api.Name, name) })
	b := &book{api: api, pages: []page{p}}
	switch {
	case known:
		b.pages = append(b.pages, x.books[i].pages...)
		b.api = x.books[i].api.join(api)
		x.books[i] = b
	case api.Title == "":
		return Problems{{File: p.name, Line: 1, Text: "api is missing: the title and the hosts of an API that nothing is known of yet"}}
	default:
		x.books = slices.Insert(x.books, i, b)
	}
	b.read = sync.OnceValues(b.open)
	return nil
}

// open reads the facts of all pages.
func (b *book) open() (*Set, error) {
	set := &Set{API: b.api}
	for _, p := range slices.Backward(b.pages) {
		facts, err := readFacts(p)
		if err != nil {
			return nil, fmt.Errorf("read the quirks of %s: %w", b.api.Name, err)
		}
		set.Facts = override(set.Facts, facts)
	}
	return set, nil
}

// override puts facts before others, or in the place of the one with the
// same id.
func override(below, above []*Fact) []*Fact {
	out := slices.Clone(below)
	var added []*Fact
	for _, f := range above {
		if i := slices.IndexFunc(out, func(o *Fact) bool { return o.ID == f.ID }); i >= 0 {
			out[i] = f
		} else {
			added = append(added, f)
		}
	}
	return append(added, out...)
}

// join is the API with what another file says of it.
func (a API) join(more API) API {
	if more.Title != "" {
		a.Title = more.Title
	}
	a.Hosts = append(slices.Clone(a.Hosts), more.Hosts...)
	a.Titles = append(slices.Clone(a.Titles), more.Titles...)
	a.Except = append(slices.Clone(a.Except), more.Except...)
	return a
}

// nameOf is the name of the API that a file is about.
func nameOf(file string) string {
	return strings.TrimSuffix(path.Base(filepath.ToSlash(file)), ".cue")
}

// APIs lists what the knowledge base is about, by name.
func (x *Index) APIs() []API {
	var list []API
	for _, b := range x.books {
		list = append(list, b.api)
	}
	return list
}

// For returns what is known about the API that a document describes, or nil
// when nothing is. The host has no port; either may be empty.
func (x *Index) For(host, title string) (*Set, error) {
	for _, b := range x.books {
		if b.api.describes(host, title) {
			return b.read()
		}
	}
	return nil, nil
}

// Named returns what is known about the API with the name, or nil.
func (x *Index) Named(name string) (*Set, error) {
	for _, b := range x.books {
		if strings.EqualFold(b.api.Name, name) {
			return b.read()
		}
	}
	return nil, nil
}

// All returns everything that is known, by the name of the API.
func (x *Index) All() ([]*Set, error) {
	var sets []*Set
	for _, b := range x.books {
		set, err := b.read()
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// Parse checks and reads one file that is not part of an index. Its name
// gives the set its name.
func Parse(name string, src []byte) (*Set, error) {
	p := page{name, src}
	if problems := check(p); len(problems) > 0 {
		return nil, problems
	}
	x := &Index{}
	if err := x.add(p); err != nil {
		return nil, err
	}
	return x.books[0].read()
}
