package codegen_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/codegen"
	"github.com/porin-dev/porin/compiler/ir"
)

// TestChoices says what has to be there in words, and gives it to the runtime.
func TestChoices(t *testing.T) {
	c := load(t, "acme")
	action, board := c.Action("boards.list"), c.Type("Board")
	fields := action.Params.Fields
	require.GreaterOrEqual(t, len(fields), 3)
	require.GreaterOrEqual(t, len(board.Fields), 2)
	action.Params.Choices = []*ir.Choice{{Sets: [][]string{{fields[0].Name}, {fields[1].Name, fields[2].Name}}}}
	board.Choices = []*ir.Choice{{Sets: [][]string{{board.Fields[0].Name}, {board.Fields[1].Name}}}}
	files, err := codegen.Generate(c, options("acme"))
	require.NoError(t, err)
	text := join(files)
	assert.Contains(t, text, "// They need at least "+fields[0].Go+", or "+fields[1].Go+" and "+fields[2].Go+".\n")
	assert.Contains(t, text, "// It has at least "+board.Fields[0].Go+" or "+board.Fields[1].Go+".\n")
	assert.Contains(t, text, `[]rt.Choice{{{"`+fields[0].Name+`"}, {"`+fields[1].Name+`", "`+fields[2].Name+`"}}}`)
}
