// Package diag reports what is wrong with a spec, a document or a folder, so
// that its author can put it right without reading the compiler.
//
// A diagnostic names what is wrong, points at the smallest span that shows it,
// and says a way out:
//
//	r.Errorf(diag.UnknownLimit, use.Pos, "`%s` is not a limit of this connector", use.Limit).
//		Label("no such limit").
//		DidYouMean(use.Limit, names)
//
// How a message is worded:
//
//   - Lower case, no final period. Code and names of the spec in backticks.
//   - The message says what is wrong in the author's words; the label says
//     what is wrong at this span; help says what to write instead; a note says
//     why the rule exists.
//   - The tool is "the compiler". A spec is not "illegal" or "forbidden", and
//     its author is never told "you must".
//   - One mistake, one error. A phase that meets what an earlier phase has
//     reported skips it and says so in a comment.
//   - At most three spans. Two facts that disagree are shown both.
//
// The package imports the standard library and compiler/ir, for positions.
package diag
