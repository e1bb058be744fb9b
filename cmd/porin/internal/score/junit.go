// Package score writes reports of the gauntlet for programs and for people:
// JUnit's XML, and one page of HTML.
package score

import (
	"encoding/xml"
	"io"

	"github.com/porin-dev/porin/runtime/gauntlet"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure,omitempty"`
	Error   *junitMessage `xml:"error,omitempty"`
	Skipped *junitMessage `xml:"skipped,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes a report as JUnit's XML, a suite for each group of scenarios. What
// was not exercised is skipped, with the reason. A run that was interrupted has an error,
// so that no reader takes it for one that passed.
func WriteJUnit(w io.Writer, r *gauntlet.Report) error {
	all := junitSuites{Name: r.Connector}
	for _, s := range r.Scenarios {
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != s.Group {
			all.Suites = append(all.Suites, junitSuite{Name: s.Group})
		}
		suite := &all.Suites[len(all.Suites)-1]
		c := junitCase{Class: r.Connector + "." + s.Group, Name: s.ID}
		switch s.Outcome {
		case gauntlet.Pass:
		case gauntlet.Fail:
			c.Failure = &junitMessage{s.Why, s.Text()}
			suite.Failures++
			all.Failures++
		default:
			c.Skipped = &junitMessage{Message: s.Why}
			suite.Skipped++
			all.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
		suite.Tests++
		all.Tests++
	}
	if ended := r.Unfinished(); ended != "" {
		c := junitCase{Class: r.Connector, Name: "run", Error: &junitMessage{Message: ended}}
		all.Suites = append(all.Suites, junitSuite{Name: "run", Tests: 1, Errors: 1, Cases: []junitCase{c}})
		all.Tests++
		all.Errors++
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
