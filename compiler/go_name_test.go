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
