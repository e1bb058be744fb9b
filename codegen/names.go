package codegen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/porin-dev/porin/compiler/ir"
)

// The IR pins the names of everything a spec declares. This file makes the
// names that follow from them: variables, receivers, members of enums, files.

// exported makes an exported Go name, or the tail of one, from any text.
func exported(text string) string {
	var b strings.Builder
	up := true
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			up = true
			continue
		}
		if up {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
		up = false
	}
	return b.String()
}

// capital makes a name one that other packages see: it may start with a digit, or
// in a script without capitals.
func capital(name string) string {
	if first, _ := utf8.DecodeRuneInString(name); !unicode.IsUpper(first) {
		return "X" + name
	}
	return name
}

// unexported makes an unexported Go name from an exported one: ChatPost is
// chatPost, and URLParts is urlParts.
func unexported(name string) string {
	run := 0
	for run < len(name) && name[run] >= 'A' && name[run] <= 'Z' {
		run++
	}
	switch {
	case run == 0:
		return name
	case run > 1 && run < len(name):
		run-- // The last capital starts the next word.
	}
	return strings.ToLower(name[:run]) + name[run:]
}

// method is the name of an action in prose and links: ChatService.PostMessage.
func method(gr *ir.Group, a *ir.Action) string { return service(gr) + "." + a.Go }

// service is the type that a group's methods are declared on. Actions without
// a group are methods of the client.
func service(gr *ir.Group) string {
	if isRoot(gr) {
		return "Client"
	}
	return gr.Go + "Service"
}

// isRoot reports whether gr holds the actions that stand in no group.
func isRoot(gr *ir.Group) bool { return gr.Name == "" }

// opVar is the variable that holds an operation: opChatPostMessage.
func opVar(gr *ir.Group, a *ir.Action) string { return "op" + gr.Go + a.Go }

// paramsType is the name of an action's parameters: ChatPostMessageParams.
func paramsType(gr *ir.Group, a *ir.Action) string {
	if a.Params != nil && a.Params.Go != "" {
		return a.Params.Go
	}
	return gr.Go + a.Go + "Params"
}

// resultType is the name of an inline result: ChatPostMessageResult.
func resultType(gr *ir.Group, a *ir.Action) string {
	if a.Returns != nil && a.Returns.Go != "" {
		return a.Returns.Go
	}
	return gr.Go + a.Go + "Result"
}

// bodyType is what a paged action decodes: conversationsListBody.
func bodyType(gr *ir.Group, a *ir.Action) string { return unexported(gr.Go+a.Go) + "Body" }

// enumNames are the Go names of an enum's members, in order and without
// repeats. One that a type of the spec has is told apart by a word: beside the
// type SourceTypeCard, the member card of SourceType is SourceTypeValueCard.
func enumNames(t *ir.Type, taken map[string]bool) []string {
	names := make([]string, len(t.Enum))
	used := map[string]bool{}
	for i, v := range t.Enum {
		tail := exported(fmt.Sprint(v))
		switch {
		case v == "":
			tail = "Empty"
		case tail == "":
			tail = "Value" + strconv.Itoa(i+1)
		}
		if strings.HasPrefix(fmt.Sprint(v), "-") {
			tail = "Minus" + tail
		}
		if taken[t.Go+tail] {
			tail = "Value" + tail
		}
		name := t.Go + tail
		for n := 2; used[name]; n++ {
			name = t.Go + tail + strconv.Itoa(n)
		}
		used[name] = true
		names[i] = name
	}
	return names
}

// fixedFiles are the names of files that every package, or its test package,
// has or may have.
var fixedFiles = []string{"actions", "client", "doc", "auth", "errors", "types", "shapes", "events", "options", "fake", "twin", "driver"}

// systems are file name endings that the go command reads as build constraints,
// besides "test". The list is that of go/build; see "go help buildconstraint".
var systems = strings.Fields(`aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd
	openbsd plan9 solaris wasip1 windows zos 386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle
	mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm test`)

// groupFile is the name of a group's file without its ending: chat, admin_apps.
// Names that are taken, or that the go command would read as a constraint, get
// a tail.
func groupFile(gr *ir.Group) string {
	if isRoot(gr) {
		return "actions"
	}
	var parts []string
	for _, p := range strings.Split(gr.Path, ".") {
		parts = append(parts, strings.ToLower(exported(p)))
	}
	name := strings.Join(parts, "_")
	last := parts[len(parts)-1]
	if slices.Contains(fixedFiles, name) || len(parts) > 1 && slices.Contains(systems, last) {
		return name + "_methods"
	}
	return name
}
