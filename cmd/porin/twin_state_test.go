package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// notebooks is a document that says of no call what it keeps.
const notebooks = `openapi: 3.0.3
info: {title: Notebooks, version: "1"}
servers: [{url: https://notebooks.example/v1}]
security: [{token: []}]
paths:
  /notebooks:
    get:
      operationId: listNotebooks
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Notebook"}}}}}}
    post:
      operationId: createNotebook
      requestBody: {content: {application/json: {schema: {type: object, required: [title], properties: {title: {type: string}, pages: {type: integer}}}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Notebook"}}}}}
  /notebooks/{notebookId}:
    parameters: [{name: notebookId, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getNotebook
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Notebook"}}}}}
    patch:
      operationId: updateNotebook
      requestBody: {content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Notebook"}}}}}
    delete:
      operationId: deleteNotebook
      responses: {"204": {description: gone}}
  /pens:
    post:
      operationId: createPen
      requestBody: {content: {application/json: {schema: {type: object, required: [pen], properties: {pen: {type: object, properties: {colour: {type: string}}}}}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Pen"}}}}}
  /pens/{pen_id}:
    get:
      operationId: getPen
      parameters: [{name: pen_id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pen"}}}}}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  schemas:
    Pen: {type: object, required: [id], properties: {id: {type: string}, colour: {type: string}}}
    Notebook: {type: object, required: [id, title], properties: {id: {type: string}, title: {type: string}, pages: {type: integer}}}
`

// notebook is an object of it.
type notebook struct {
	ID, Title string
	Pages     int
}

// pen is an object that is made by a body inside of another.
type pen struct{ ID, Colour string }

// The twin of a draft keeps what its document's paths have in common, and refuses no id
// for a guess: an object may be made in a way that the draft does not know.
func TestDraftedTwinKeepsState(t *testing.T) {
	dir := t.TempDir()
	file, spec := filepath.Join(dir, "openapi.yaml"), filepath.Join(dir, "notebooks")
	require.NoError(t, os.WriteFile(file, []byte(notebooks), 0o644))
	out, err := command(t, "draft", file, "-o", spec).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NotContains(t, string(out), "no resources")
	out, err = command(t, "vet", spec).CombinedOutput()
	require.NoError(t, err, "%s", out)

	s := &served{cmd: command(t, "twin", spec, "--addr", "127.0.0.1:0", "--json")}
	stdout, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(line, &s.Ready))
	require.Equal(t, []string{"notebooks", "pens"}, s.Resources)

	made := notebook{}
	s.ask(t, "POST", "notebooks", `{"title": "Tides", "pages": 7}`, http.StatusOK, &made)
	require.Equal(t, notebook{made.ID, "Tides", 7}, made)
	read := notebook{}
	s.ask(t, "GET", "notebooks/"+made.ID, "", http.StatusOK, &read)
	require.Equal(t, made, read)
	s.ask(t, "PATCH", "notebooks/"+made.ID, `{"title": "Moons"}`, http.StatusOK, &read)
	s.ask(t, "GET", "notebooks/"+made.ID, "", http.StatusOK, &read)
	require.Equal(t, notebook{made.ID, "Moons", 7}, read)
	var all, left []notebook
	s.ask(t, "GET", "notebooks", "", http.StatusOK, &all)
	require.Contains(t, all, read)
	s.ask(t, "DELETE", "notebooks/"+made.ID, "", http.StatusNoContent, nil)
	s.ask(t, "GET", "notebooks/"+made.ID, "", http.StatusNotFound, nil)
	s.ask(t, "GET", "notebooks", "", http.StatusOK, &left)
	require.Len(t, left, len(all)-1)
	require.NotContains(t, left, read)

	s.ask(t, "GET", "notebooks/elsewhere", "", http.StatusOK, &read)
	require.Equal(t, "elsewhere", read.ID)
	s.ask(t, "PATCH", "notebooks/elsewhere", `{"title": "Winds"}`, http.StatusOK, nil)
	s.ask(t, "GET", "notebooks/elsewhere", "", http.StatusOK, &read)
	require.Equal(t, "Winds", read.Title)
	s.ask(t, "DELETE", "notebooks/elsewhere", "", http.StatusNoContent, nil)
	s.ask(t, "GET", "notebooks/elsewhere", "", http.StatusNotFound, nil)

	red, same := pen{}, pen{}
	s.ask(t, "POST", "pens", `{"pen": {"colour": "red"}}`, http.StatusOK, &red)
	s.ask(t, "GET", "pens/"+red.ID, "", http.StatusOK, &same)
	require.Equal(t, pen{red.ID, "red"}, same)
	require.Empty(t, s.end(t))
}

// ask sends a request, wants a status, and reads the answer into v unless that is nil.
func (s *served) ask(t *testing.T, method, path, body string, status int, v any) {
	t.Helper()
	var base string
	for _, base = range s.Servers {
		break
	}
	q, err := http.NewRequest(method, base+path, strings.NewReader(body))
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+s.Accounts[0].Access)
	q.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(q)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, status, resp.StatusCode, "%s %s: %s", method, path, text)
	if v != nil {
		require.NoError(t, json.Unmarshal(text, v))
	}
}
