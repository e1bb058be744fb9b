package bodies_test

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/bodies"
	"github.com/porin-dev/porin/runtime"
)

const asJSON = "application/json"

// TestJSON: RFC 8259; bytes are base64 with padding (RFC 4648, 4), and a number has each
// of its digits, also beyond 2^53 (9007199254740992).
func TestJSON(t *testing.T) {
	price, err := runtime.NewDecimal("10.10")
	require.NoError(t, err)
	due, err := runtime.NewDecimal("0.30000000000000000001")
	require.NoError(t, err)
	berne := time.FixedZone("", 3600)
	all := `{"text":"Zoë \"&\" <x>\n","flag":false,"count":-9007199254740993,"share":0.1,"price":10.10,"due":"0.30000000000000000001","ref":12,"kind":"big","data":"aGk/","any":{"deep":[1.0,null]},` +
		`"tags":["a","b,c"],"sizes":[],"spot":{"x":0,"y":-1.5},"lines":[{"name":"a b","sizes":[1,2]},{"name":"c"}],"labels":{"k":""},"media":{"kind":"quote","said":"so"},` +
		`"at_unix":1700000000.25,"at_unix_ms":1700000000250,"as_unix":"1700000000","as_unix_ms":"1700000000000","at_rfc3339":"2023-11-14T23:13:20.25+01:00","on_date":"2023-11-14","at_layout":"2023-11-14 22:13"}`
	late := instant.Add(250 * time.Millisecond)
	run(t, []request{
		{name: "values", line: "POST json/values", as: asJSON, body: all, kept: all,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.JSON.Values(t.Context(), bodies.JSONValuesParams{
					Text: bodies.Some("Zoë \"&\" <x>\n"), Flag: bodies.Some(false), Count: bodies.Some(-9007199254740993), Share: bodies.Some(0.1), Price: bodies.Some(price), Due: bodies.Some(due),
					Ref: bodies.Some(runtime.NumberID(12)), Kind: bodies.ValuesKindBig, Data: []byte("hi?"), Any: bodies.Raw(`{"deep":[1.0,null]}`), Tags: []string{"a", "b,c"}, Sizes: []int{},
					Spot: &bodies.Spot{Y: -1.5}, Lines: lines, Labels: map[string]string{"k": ""}, Media: bodies.MediaFromQuote(bodies.Quote{Said: "so"}),
					AtUnix: bodies.Some(runtime.Unix(late)), AtUnixMs: bodies.Some(runtime.UnixMilli(late)), AsUnix: bodies.Some(bodies.UnixText{Time: instant}), AsUnixMs: bodies.Some(bodies.UnixMilliText{Time: instant}),
					AtRfc3339: bodies.Some(late.In(berne)), OnDate: bodies.Some("2023-11-14"), AtLayout: bodies.Some("2023-11-14 22:13"),
				})
			}},
		{name: "nothing", line: "POST json/optional", as: asJSON, body: `{}`, kept: `{}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.JSON.Optional(t.Context(), bodies.JSONOptionalParams{})
			}},
		{name: "required null", line: "POST json/nulls", as: asJSON, body: `{"none":null,"text":"t"}`, kept: `{"none":null,"text":"t"}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.JSON.Nulls(t.Context(), bodies.JSONNullsParams{Text: "t"})
			}},
		{name: "list", line: "POST json/lines", as: asJSON, body: `[{"name":"a b","sizes":[1,2]},{"name":"c"}]`, kept: `{"lines":[{"name":"a b","sizes":[1,2]},{"name":"c"}]}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.JSON.Lines(t.Context(), bodies.JSONLinesParams{Body: lines})
			}},
		{name: "map", line: "POST json/labels", as: asJSON, body: `{"k":"v"}`, kept: `{"labels":{"k":"v"}}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.JSON.Labels(t.Context(), bodies.JSONLabelsParams{Body: map[string]string{"k": "v"}})
			}},
		{name: "union", line: "POST json/media", as: asJSON, body: `{"kind":"photo","url":"u"}`, kept: `{"media":{"kind":"photo","url":"u"}}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.JSON.Media(t.Context(), bodies.JSONMediaParams{Body: bodies.MediaFromPhoto(bodies.Photo{URL: "u"})})
			}},
		{name: "any", line: "POST json/any", as: asJSON, body: `[1.50,"x",null]`, kept: `{"any":[1.50,"x",null]}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.JSON.Any(t.Context(), bodies.JSONAnyParams{Body: bodies.Raw(`[1.50,"x",null]`)})
			}},
	})
}

// TestDecimalAgain: an amount that came is sent in the type that is declared, with each
// of its digits.
func TestDecimalAgain(t *testing.T) {
	for _, came := range []string{`"0.10"`, `0.10`} {
		var kept bodies.Kept
		require.NoError(t, runtime.UnmarshalRaw(bodies.Raw(`{"due":`+came+`}`), &kept))
		assert.Equal(t, "0.10", kept.Due.String())
		w, c := provider(t)
		_, err := c.JSON.Values(t.Context(), bodies.JSONValuesParams{Due: bodies.Some(kept.Due)})
		require.NoError(t, err)
		assert.Equal(t, `{"due":"0.10"}`, w.body)
	}
}

// TestMergePatch: what is null goes away, what is absent stays (RFC 7396, 2).
func TestMergePatch(t *testing.T) {
	w, c := provider(t)
	made, err := c.JSON.Values(t.Context(), bodies.JSONValuesParams{
		Text: bodies.Some("one"), Tags: []string{"a"}, Labels: map[string]string{"keep": "1", "drop": "2"},
	})
	require.NoError(t, err)
	for _, step := range []struct {
		patch      bodies.JSONPatchParams
		sent, left string
	}{
		{bodies.JSONPatchParams{None: bodies.Some("x"), Spare: bodies.Some(bodies.JSONPatchSpare{X: 0})},
			`{"none":"x","spare":{"x":0}}`,
			`{"text":"one","none":"x","spare":{"x":0},"tags":["a"],"labels":{"keep":"1","drop":"2"}}`},
		{bodies.JSONPatchParams{None: bodies.Null[string](), Spare: bodies.Null[bodies.JSONPatchSpare](), Tags: bodies.Null[[]string](),
			Labels: map[string]bodies.Opt[string]{"drop": bodies.Null[string]()}},
			`{"none":null,"spare":null,"tags":null,"labels":{"drop":null}}`,
			`{"text":"one","labels":{"keep":"1"}}`},
		{bodies.JSONPatchParams{Text: bodies.Some(""), Tags: bodies.Some([]string{})},
			`{"text":"","tags":[]}`,
			`{"text":"","tags":[],"labels":{"keep":"1"}}`},
		{bodies.JSONPatchParams{}, `{}`, `{"text":"","tags":[],"labels":{"keep":"1"}}`},
	} {
		step.patch.ID = made.ID
		_, err := c.JSON.Patch(t.Context(), step.patch)
		require.NoError(t, err)
		assert.Equal(t, "PATCH https://api.bodies.test/v1/json/kept/"+made.ID, w.line)
		assert.Equal(t, "application/merge-patch+json", w.header.Get("Content-Type"))
		assert.Equal(t, step.sent, w.body)
		got, err := c.JSON.Get(t.Context(), bodies.JSONGetParams{ID: made.ID})
		require.NoError(t, err)
		assert.Equal(t, values(t, step.left), w.keeps(got.ID), step.sent)
	}
}

// TestMergePatchTakesAway: of anybody's patch, null takes away what is never null, too,
// inside of objects and of maps as well.
func TestMergePatchTakesAway(t *testing.T) {
	w, c := provider(t)
	made, err := c.JSON.Values(t.Context(), bodies.JSONValuesParams{Text: bodies.Some("one")})
	require.NoError(t, err)
	for _, step := range []struct{ patch, left string }{
		{`{"labels":{"keep":"1","drop":"2","never":null}}`, `{"text":"one","labels":{"keep":"1","drop":"2"}}`},
		{`{"text":null,"labels":{"drop":null}}`, `{"labels":{"keep":"1"}}`},
	} {
		req, err := http.NewRequestWithContext(t.Context(), "PATCH", "https://api.bodies.test/v1/json/kept/"+made.ID, strings.NewReader(step.patch))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/merge-patch+json")
		req.Header.Set("Authorization", w.header.Get("Authorization"))
		resp, err := w.sim.RoundTrip(req)
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, values(t, step.left), w.keeps(made.ID), step.patch)
	}
}

func TestRaw(t *testing.T) {
	octets := []byte{0, 0xff, 'a', '\r', '\n'} // AP9hDQo=
	run(t, []request{
		{name: "octets", line: "POST raw/octets", as: "application/octet-stream", body: string(octets), kept: `{"data":"AP9hDQo="}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Raw.Octets(t.Context(), bodies.RawOctetsParams{Body: octets})
			}},
		{name: "image", line: "POST raw/image", as: "image/png", body: string(octets), kept: `{"data":"AP9hDQo="}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Raw.Image(t.Context(), bodies.RawImageParams{Body: octets})
			}},
		{name: "text", line: "POST raw/text", as: "text/plain; charset=utf-8", body: "12", kept: `{"text":"12"}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Raw.Text(t.Context(), bodies.RawTextParams{Body: "12"})
			}},
		{name: "markdown", line: "POST raw/markdown", as: "text/markdown; charset=utf-8", body: "# é\n", kept: `{"text":"# é\n"}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Raw.Markdown(t.Context(), bodies.RawMarkdownParams{Body: "# é\n"})
			}},
	})
}

// part is a part of a body as the standard library reads it.
type part struct{ name, file, as, content string }

// parts reads a body (RFC 7578).
func parts(t *testing.T, contentType, body string) (all []part) {
	t.Helper()
	media, args, err := mime.ParseMediaType(contentType)
	require.NoError(t, err)
	require.Equal(t, "multipart/form-data", media)
	r := multipart.NewReader(strings.NewReader(body), args["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		data, err := io.ReadAll(p)
		require.NoError(t, err)
		all = append(all, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(data)})
	}
}

// TestParts: a list has a part for each element, an object is a part of JSON (OpenAPI
// 3.1, 4.8.14.4), and styles are those of forms (4.8.15.1).
func TestParts(t *testing.T) {
	const octets = "application/octet-stream"
	for name, test := range map[string]struct {
		call func(c *bodies.Client) (*bodies.Kept, error)
		want []part
		kept string
	}{
		"values": {
			func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Parts.Values(t.Context(), bodies.PartsValuesParams{
					Text: "a b\r\n--x", Count: bodies.Some(9007199254740993), Flag: bodies.Some(true), AtRfc3339: bodies.Some(instant), Spot: &bodies.Spot{X: 1, Y: 2.5}, Lines: lines,
				})
			},
			[]part{
				{"text", "", "", "a b\r\n--x"}, {"count", "", "", "9007199254740993"}, {"flag", "", "", "true"}, {"at_rfc3339", "", "", "2023-11-14T22:13:20Z"},
				{"spot", "", asJSON, `{"x":1,"y":2.5}`}, {"lines", "", asJSON, `{"name":"a b","sizes":[1,2]}`}, {"lines", "", asJSON, `{"name":"c"}`},
			},
			`{"text":"a b\r\n--x","count":9007199254740993,"flag":true,"at_rfc3339":"2023-11-14T22:13:20Z","spot":{"x":1,"y":2.5},"lines":[{"name":"a b","sizes":[1,2]},{"name":"c"}]}`,
		},
		"files": {
			func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Parts.Files(t.Context(), bodies.PartsFilesParams{Photo: []byte{0, 0xff}, Scan: []byte{}, Pages: [][]byte{[]byte("1"), []byte("[2]")}})
			},
			[]part{{"photo", "photo", octets, "\x00\xff"}, {"scan", "scan", octets, ""}, {"pages", "pages", octets, "1"}, {"pages", "pages", octets, "[2]"}},
			`{"photo":"AP8=","scan":"","pages":["MQ==","WzJd"]}`,
		},
		"styles": {
			func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Parts.Styles(t.Context(), bodies.PartsStylesParams{Text: "t", Tags: colours, Sizes: []int{1, 2}, Labels: map[string]string{"a b": "1"}, Colour: &rgb})
			},
			[]part{
				{"text", "", "", "t"}, {"tags", "", "", "blue"}, {"tags", "", "", "black"}, {"tags", "", "", "brown"}, {"sizes", "", "", "1,2"},
				{"labels[a b]", "", "", "1"}, {"colour", "", asJSON, `{"R":100,"G":200,"B":150}`},
			},
			`{"text":"t","tags":["blue","black","brown"],"sizes":[1,2],"labels":{"a b":"1"},"colour":{"R":100,"G":200,"B":150}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, c := provider(t)
			kept, err := test.call(c)
			require.NoError(t, err)
			assert.Equal(t, test.want, parts(t, w.header.Get("Content-Type"), w.body))
			assert.Equal(t, values(t, test.kept), w.keeps(kept.ID))
		})
	}
}
