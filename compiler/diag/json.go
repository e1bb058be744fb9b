package diag

import (
	"encoding/json"
	"io"

	"github.com/porin-dev/porin/compiler/ir"
)

// JSONVersion is the version of the form that WriteJSON writes. It changes
// when a reader of the previous form would misread the new one; new members
// may appear without a change.
const JSONVersion = 1

// jsonReport is the documented shape:
//
//	{
//	  "version": 1,
//	  "diagnostics": [{
//	    "code": "P0105", "severity": "error", "message": "...",
//	    "file": "spec.cue", "line": 41, "col": 12, "endLine": 41, "endCol": 29,
//	    "label": "...",
//	    "also": [{"file": "...", "line": 18, "col": 3, "endLine": 18, "endCol": 14, "label": "..."}],
//	    "notes": ["..."],
//	    "help": ["..."]
//	  }],
//	  "errors": 1,
//	  "warnings": 0
//	}
//
// Lines and columns count from 1, columns in bytes of UTF-8; the end is
// exclusive. A diagnostic about no place has neither file nor line, one about
// a whole file has no line. The arrays are always there.
type jsonReport struct {
	Version     int              `json:"version"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
	Errors      int              `json:"errors"`
	Warnings    int              `json:"warnings"`
}

type jsonDiagnostic struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	jsonPlace
	Also  []jsonPlace `json:"also"`
	Notes []string    `json:"notes"`
	Help  []string    `json:"help"`
}

type jsonPlace struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Col     int    `json:"col,omitempty"`
	EndLine int    `json:"endLine,omitempty"`
	EndCol  int    `json:"endCol,omitempty"`
	Label   string `json:"label,omitempty"`
}

// WriteJSON writes diagnostics for programs, in the order given. The errors
// are the writer's.
func WriteJSON(w io.Writer, diags []*Diagnostic) error {
	out := jsonReport{
		Version:     JSONVersion,
		Diagnostics: []jsonDiagnostic{},
		Errors:      Count(diags, Error),
		Warnings:    Count(diags, Warning),
	}
	for _, d := range diags {
		also := []jsonPlace{}
		for _, o := range d.Others {
			also = append(also, newJSONPlace(o.At, o.Text))
		}
		out.Diagnostics = append(out.Diagnostics, jsonDiagnostic{
			Code:      d.Code,
			Severity:  d.Severity,
			Message:   d.Message,
			jsonPlace: newJSONPlace(d.At, d.Text),
			Also:      also,
			Notes:     append([]string{}, d.Notes...),
			Help:      append([]string{}, d.Helps...),
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func newJSONPlace(at ir.Pos, label string) jsonPlace {
	return jsonPlace{at.File, at.Line, at.Col, at.EndLine, at.EndCol, label}
}
