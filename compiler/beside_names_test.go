package compiler_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIteratorNames has a group and an action that are called like the method
// that yields all items: the group and the action have the name.
func TestIteratorNames(t *testing.T) {
	const text = `package acme

connector: {title: "Acme", servers: api: url: "https://acme.example/"}

_list: {
	query: page?: int
	returns: items!: [...string]
	page: {items: "items", number: {to: query: "page", start: 1}, end: ["empty"]}
}

actions: plain: list: {GET: "plain"} & _list
actions: plain: search: {GET: "plain/search"} & _list
actions: grouped: list: {GET: "grouped"} & _list
actions: grouped: all: list: {GET: "grouped/all"} & _list
actions: acting: list: {GET: "acting"} & _list
actions: acting: all: {GET: "acting/all"}
`
	c := compiled(t, text)
	for path, want := range map[string]string{
		"plain.list": "All", "plain.search": "AllSearch", "grouped.list": "AllList", "grouped.all.list": "All", "acting.list": "AllList",
	} {
		require.Equal(t, want, c.Action(path).All, path)
	}
}

// TestDownloadNames has files whose actions are called like, or begin like, what the
// method of a download is called after.
func TestDownloadNames(t *testing.T) {
	const text = `package acme

connector: {title: "Acme", servers: api: url: "https://acme.example/"}

actions: files: {
	get: {GET: "files", reply: "raw"}
	downloadArchive: {GET: "archive", reply: "raw"}
	gettysburg: {GET: "gettysburg", reply: "raw"}
	content: {GET: "content", reply: "raw"}
	openContent: {GET: "content/open"}
	send: {POST: "send", reply: "raw", effect: "create"}
}
`
	c := compiled(t, text)
	for path, want := range map[string]string{
		"files.get": "Open", "files.downloadArchive": "OpenArchive", "files.gettysburg": "OpenGettysburg", "files.content": "OpenFileOfContent", "files.send": "",
	} {
		require.Equal(t, want, c.Action(path).Open, path)
	}
}
