package main

import "regexp"

// generator is one program that writes Go clients.
type generator struct {
	name     string
	version  string
	takes    func(*row) bool
	settings []setting // The default, and what is tried when that falls short.
	// method matches what is declared once for each operation.
	method *regexp.Regexp
	// packages are those that a user of the client compiles, below its folder.
	packages string
}

// setting is one way to run a generator: the commands, in which $doc, $dir and
// $pkg stand for the document, the folder for the package, and its name. A
// command may need a file in that folder.
type setting struct {
	name     string
	commands [][]string
	file     string // Name of the file, in the folder.
	content  string
}

var porin = generator{
	name:  "porin",
	takes: func(*row) bool { return true },
	settings: []setting{{
		name:     "default",
		commands: [][]string{{"porin", "draft", "$doc", "-o", "$dir"}, {"porin", "generate", "$dir"}},
	}},
	method:   regexp.MustCompile(`(?m)^var op\w+ = rt\.Op\{`),
	packages: ".",
}

// oapiCodegen writes a client with its models into one file. It asks for a
// setting itself when names collide.
var oapiCodegen = generator{
	name:  "oapi-codegen",
	takes: func(r *row) bool { return !r.Swagger },
	settings: []setting{
		{"default", [][]string{{"oapi-codegen", "-config", "$dir/config.yaml", "$doc"}}, "config.yaml", oapiConfig},
		{"collisions", [][]string{{"oapi-codegen", "-config", "$dir/config.yaml", "$doc"}}, "config.yaml", oapiConfig + "output-options:\n  resolve-type-name-collisions: true\n"},
	},
	method:   regexp.MustCompile(`(?m)^func Parse\w+\(rsp \*http\.Response\)`),
	packages: ".",
}

const oapiConfig = "package: $pkg\noutput: $dir/client.go\ngenerate:\n  models: true\n  client: true\n"

var goSwagger = generator{
	name:  "go-swagger",
	takes: func(r *row) bool { return r.Swagger },
	settings: []setting{
		{name: "default", commands: [][]string{{"swagger", "generate", "client", "-q", "-f", "$doc", "-t", "$dir", "-A", "$pkg"}}},
		{name: "no validation", commands: [][]string{{"swagger", "generate", "client", "-q", "--skip-validation", "-f", "$doc", "-t", "$dir", "-A", "$pkg"}}},
	},
	method:   regexp.MustCompile(`(?m)^func \(a \*Client\) \w+\(params \*`),
	packages: "./...",
}
