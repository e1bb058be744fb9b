package compiler

import (
	"go/token"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/ir"
)

// The corpus shows names one at a time; what many names have in common is here.

func TestGoName(t *testing.T) {
	for wire, want := range map[string]string{
		"url_private": "URLPrivate", "postMessage": "PostMessage", "getUploadURLExternal": "GetUploadURLExternal",
		"is_im": "IsIm", "user_ids": "UserIDs", "2fa": "X2fa", "名前": "X名前", "": "X", "a-b.c d": "ABCD",
	} {
		require.Equal(t, want, goName(wire), wire)
		require.True(t, token.IsExported(goName(wire)) && token.IsIdentifier(goName(wire)), wire)
	}
}

// Codes in capitals have names as others have, and leave theirs to those that are not.
func TestGoCode(t *testing.T) {
	for code, want := range map[string]string{
		"BLOB_UNKNOWN": "BlobUnknown", "API_DISABLED": "APIDisabled", "THROTTLED": "Throttled", "INVALID-URL": "InvalidURL", "E11000": "E11000", "P2002": "P2002", "40001": "X40001",
		"blob_unknown": "BlobUnknown", "InvalidURL": "InvalidURL", "EAccess": "EAccess", "名前": "X名前",
	} {
		require.Equal(t, want, goCode(code), code)
	}
	c := &compilation{report: &diag.Report{}, out: &ir.Connector{Resources: []*ir.Resource{{Missing: "GONE_AWAY"}, {Missing: "gone_away"}, {Missing: "GONE-AWAY"}}}}
	c.nameCodes(c.newScope())
	var names []string
	for _, code := range c.out.Codes {
		names = append(names, code.Value+" "+code.Go)
	}
	require.Equal(t, []string{"GONE-AWAY ErrGoneAway2", "GONE_AWAY ErrGoneAway3", "gone_away ErrGoneAway"}, names)
}

// TestFreshNamesNeverRunOut holds that numbering goes on past one digit.
func TestFreshNamesNeverRunOut(t *testing.T) {
	c := &compilation{report: &diag.Report{}}
	s := c.newScope()
	seen := map[string]bool{}
	for range 120 {
		seen[s.fresh("Item", ir.Pos{})] = true
	}
	require.Len(t, seen, 120)
}
