package bodies_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/golden/schemes/bodies"
	"github.com/porin-dev/porin/runtime"
)

// The values of the table of styles in OpenAPI 3.1, section 4.8.12 ("Style Examples"):
// a list of blue, black and brown, and an object of R 100, G 200, B 150. What it writes
// as a[R]=1 is a%5BR%5D=1 in an address (RFC 3986, 3.4, has no brackets in a query).
var (
	colours = []string{"blue", "black", "brown"}
	rgb     = bodies.Colour{R: 100, G: 200, B: 150}
	lines   = []bodies.Line{{Name: "a b", Sizes: []int64{1, 2}}, {Name: "c"}}
	instant = time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC) // 1700000000, as `date -d @1700000000` says.
)

const (
	form   = "application/x-www-form-urlencoded"
	asList = `{"tags":["blue","black","brown"]}`
	asRGB  = `{"colour":{"R":100,"G":200,"B":150}}`
	where  = `{"city":"Bern","spot":{"x":1,"y":2.5},"tags":["u","v"],"lines":[{"name":"a b","sizes":[1,2]},{"name":"c"}]}`
)

func TestQuery(t *testing.T) {
	price, err := runtime.NewDecimal("10.10")
	require.NoError(t, err)
	run(t, []request{
		{name: "values", line: "POST query/values?text=a+b%26c%3Dd%2Be&flag=false&count=9007199254740993&share=1e%2B21&price=10.10&kind=small&data=aGk%2F" +
			"&at_unix=1700000000&at_unix_ms=1700000000000&at_rfc3339=2023-11-14T22%3A13%3A20Z&on_date=2023-11-14",
			kept: `{"text":"a b&c=d+e","flag":false,"count":9007199254740993,"share":1e+21,"price":10.10,"kind":"small","data":"aGk/","at_unix":1700000000,"at_unix_ms":1700000000000,"at_rfc3339":"2023-11-14T22:13:20Z","on_date":"2023-11-14"}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Query.Values(t.Context(), bodies.QueryValuesParams{
					Text: "a b&c=d+e", Flag: bodies.Some(false), Count: bodies.Some(9007199254740993), Share: bodies.Some(1e21), Price: bodies.Some(price),
					Kind: bodies.QueryValuesKindSmall, Data: []byte("hi?"), AtUnix: bodies.Some(runtime.Unix(instant)), AtUnixMs: bodies.Some(runtime.UnixMilli(instant)),
					AtRfc3339: bodies.Some(instant), OnDate: bodies.Some("2023-11-14"),
				})
			}},
		// form, explode: true
		{name: "repeat", line: "POST query/repeat?tags=blue&tags=black&tags=brown&sizes=1&sizes=2", kept: `{"tags":["blue","black","brown"],"sizes":[1,2]}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Query.Repeat(t.Context(), bodies.QueryRepeatParams{Tags: colours, Sizes: []int{1, 2}})
			}},
		// form, explode: false
		{name: "comma", line: "POST query/comma?tags=blue,black,brown&colour=R,100,G,200,B,150", kept: `{"tags":["blue","black","brown"],"colour":{"R":100,"G":200,"B":150}}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Query.Comma(t.Context(), bodies.QueryCommaParams{Tags: colours, Colour: &rgb})
			}},
		// No style of OpenAPI: what PHP reads (manual, "How do I create arrays in a HTML <form>?").
		{name: "brackets", line: "POST query/brackets?tags%5B%5D=blue&tags%5B%5D=black&tags%5B%5D=brown" +
			"&lines%5B0%5D%5Bname%5D=a+b&lines%5B0%5D%5Bsizes%5D%5B%5D=1&lines%5B0%5D%5Bsizes%5D%5B%5D=2&lines%5B1%5D%5Bname%5D=c",
			kept: `{"tags":["blue","black","brown"],"lines":[{"name":"a b","sizes":[1,2]},{"name":"c"}]}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Query.Brackets(t.Context(), bodies.QueryBracketsParams{Tags: colours, Lines: lines})
			}},
		// deepObject, and within it as above.
		{name: "deep", line: "POST query/deep?colour%5BR%5D=100&colour%5BG%5D=200&colour%5BB%5D=150&where%5Bcity%5D=Bern&where%5Bspot%5D%5Bx%5D=1&where%5Bspot%5D%5By%5D=2.5" +
			"&where%5Btags%5D%5B%5D=u&where%5Btags%5D%5B%5D=v" +
			"&where%5Blines%5D%5B0%5D%5Bname%5D=a+b&where%5Blines%5D%5B0%5D%5Bsizes%5D%5B%5D=1&where%5Blines%5D%5B0%5D%5Bsizes%5D%5B%5D=2&where%5Blines%5D%5B1%5D%5Bname%5D=c",
			kept: `{"colour":{"R":100,"G":200,"B":150},"where":` + where + `}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Query.Deep(t.Context(), bodies.QueryDeepParams{Colour: rgb, Where: bodies.QueryDeepWhere{
					City: "Bern", Spot: &bodies.Spot{X: 1, Y: 2.5}, Tags: []string{"u", "v"}, Lines: lines,
				}})
			}},
		// content: application/json
		{name: "json", line: "POST query/json?where=%7B%22city%22%3A%22Bern%22%2C%22tags%22%3A%5B%22u%22%5D%7D&tags=%5B%22blue%22%2C%22black%22%2C%22brown%22%5D",
			kept: `{"tags":["blue","black","brown"],"where":{"city":"Bern","tags":["u"]}}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Query.JSON(t.Context(), bodies.QueryJSONParams{Where: bodies.QueryJSONWhere{City: "Bern", Tags: []string{"u"}}, Tags: colours})
			}},
		// spaceDelimited
		{name: "space", line: "POST query/space?tags=blue%20black%20brown", kept: asList,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Query.Space(t.Context(), bodies.QuerySpaceParams{Tags: colours})
			}},
		// pipeDelimited
		{name: "pipe", line: "POST query/pipe?tags=blue%7Cblack%7Cbrown", kept: asList,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Query.Pipe(t.Context(), bodies.QueryPipeParams{Tags: colours})
			}},
		// form, explode: true, of an object
		{name: "spread", line: "POST query/spread?R=100&G=200&B=150", kept: asRGB,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Query.Spread(t.Context(), bodies.QuerySpreadParams{Colour: rgb})
			}},
	})
}

// TestSeparators: what separates values is escaped within one (RFC 6570, 3.2.1).
func TestSeparators(t *testing.T) {
	odd := []string{"x,y", "a b", "p|q"}
	for path, call := range map[string]func(c *bodies.Client) (*bodies.Kept, error){
		"query/comma?tags=x%2Cy,a+b,p%7Cq": func(c *bodies.Client) (*bodies.Kept, error) {
			return c.Query.Comma(t.Context(), bodies.QueryCommaParams{Tags: odd})
		},
		"query/repeat?tags=x%2Cy&tags=a+b&tags=p%7Cq": func(c *bodies.Client) (*bodies.Kept, error) {
			return c.Query.Repeat(t.Context(), bodies.QueryRepeatParams{Tags: odd})
		},
		"path/tags/x%2Cy,a%20b,p%7Cq": func(c *bodies.Client) (*bodies.Kept, error) {
			return c.Path.List(t.Context(), bodies.PathListParams{Tags: odd})
		},
	} {
		w, c := provider(t)
		_, err := call(c)
		require.NoError(t, err)
		assert.Equal(t, "POST https://api.bodies.test/v1/"+path, w.line)
	}
}

func TestPath(t *testing.T) {
	run(t, []request{
		// A value is one segment, whatever is in it (RFC 3986, 3.3: a colon may stand there, a slash may not).
		{name: "values", line: "POST path/a%2Fb%20c%3F%25/9007199254740993/2023-11-14T22:13:20Z/true",
			kept: `{"text":"a/b c?%","count":9007199254740993,"at_rfc3339":"2023-11-14T22:13:20Z","flag":true}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Path.Values(t.Context(), bodies.PathValuesParams{Text: "a/b c?%", Count: 9007199254740993, AtRfc3339: instant, Flag: true})
			}},
		// simple, explode: false
		{name: "list", line: "POST path/tags/blue,black,brown", kept: asList,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Path.List(t.Context(), bodies.PathListParams{Tags: colours})
			}},
		{name: "object", line: "POST path/colour/R,100,G,200,B,150", kept: asRGB,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Path.Object(t.Context(), bodies.PathObjectParams{Colour: rgb})
			}},
	})
}

// TestHeader: simple style again, and without escapes (OpenAPI 3.1.1, 4.8.12.3).
func TestHeader(t *testing.T) {
	w, c := provider(t)
	kept, err := c.Header.Values(t.Context(), bodies.HeaderValuesParams{
		XText: "a b", XCount: bodies.Some(-7), XAt: bodies.Some(runtime.Unix(instant)), XTags: colours, XColour: &rgb,
	})
	require.NoError(t, err)
	for name, want := range map[string]string{"X-Text": "a b", "X-Count": "-7", "X-At": "1700000000", "X-Tags": "blue,black,brown", "X-Colour": "R,100,G,200,B,150"} {
		assert.Equal(t, []string{want}, w.header.Values(name), name)
	}
	assert.Empty(t, w.body)
	assert.Equal(t, values(t, `{"text":"a b","count":-7,"at_unix":1700000000,"tags":["blue","black","brown"],"colour":{"R":100,"G":200,"B":150}}`), w.keeps(kept.ID))

	kept, err = c.Header.Cookies(t.Context(), bodies.HeaderCookiesParams{Text: "abc", Tags: colours})
	require.NoError(t, err)
	assert.Equal(t, []string{"text=abc; tags=blue,black,brown"}, w.header.Values("Cookie")) // RFC 6265, 4.2.1.
	assert.Equal(t, values(t, `{"text":"abc","tags":["blue","black","brown"]}`), w.keeps(kept.ID))
}

func TestForm(t *testing.T) {
	price, err := runtime.NewDecimal("10.10")
	require.NoError(t, err)
	run(t, []request{
		// The serializer of the URL standard (5.2): a space is a plus, a plus is %2B.
		{name: "values", line: "POST form/values", as: form,
			body: "text=a+b%26c%3Dd%2Be&flag=true&count=-9007199254740993&share=0.1&price=10.10&due=10.10&ref=12&kind=big&at_unix=1700000000&at_unix_ms=1700000000000&at_rfc3339=2023-11-14T22%3A13%3A20Z&on_date=2023-11-14",
			kept: `{"text":"a b&c=d+e","flag":true,"count":-9007199254740993,"share":0.1,"price":10.10,"due":"10.10","ref":"12","kind":"big","at_unix":1700000000,"at_unix_ms":1700000000000,"at_rfc3339":"2023-11-14T22:13:20Z","on_date":"2023-11-14"}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Values(t.Context(), bodies.FormValuesParams{
					Text: "a b&c=d+e", Flag: bodies.Some(true), Count: bodies.Some(-9007199254740993), Share: bodies.Some(0.1), Price: bodies.Some(price), Due: bodies.Some(price),
					Ref: bodies.Some(runtime.StringID("12")), Kind: bodies.FormValuesKindBig, AtUnix: bodies.Some(runtime.Unix(instant)), AtUnixMs: bodies.Some(runtime.UnixMilli(instant)),
					AtRfc3339: bodies.Some(instant), OnDate: bodies.Some("2023-11-14"),
				})
			}},
		// form, explode: true; what is no scalar within a list is JSON.
		{name: "repeat", line: "POST form/repeat", as: form, body: "text=t&tags=blue&tags=black&tags=brown&lines=%7B%22name%22%3A%22a+b%22%2C%22sizes%22%3A%5B1%2C2%5D%7D&lines=%7B%22name%22%3A%22c%22%7D",
			kept: `{"text":"t","tags":["blue","black","brown"],"lines":[{"name":"a b","sizes":[1,2]},{"name":"c"}]}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Repeat(t.Context(), bodies.FormRepeatParams{Text: "t", Tags: colours, Lines: lines})
			}},
		// form, explode: false
		{name: "comma", line: "POST form/comma", as: form, body: "text=t&tags=blue,black,brown&colour=R,100,G,200,B,150",
			kept: `{"text":"t","tags":["blue","black","brown"],"colour":{"R":100,"G":200,"B":150}}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Comma(t.Context(), bodies.FormCommaParams{Text: "t", Tags: colours, Colour: &rgb})
			}},
		{name: "brackets", line: "POST form/brackets", as: form,
			body: "text=t&tags%5B%5D=blue&tags%5B%5D=black&tags%5B%5D=brown&lines%5B0%5D%5Bname%5D=a+b&lines%5B0%5D%5Bsizes%5D%5B%5D=1&lines%5B0%5D%5Bsizes%5D%5B%5D=2&lines%5B1%5D%5Bname%5D=c",
			kept: `{"text":"t","tags":["blue","black","brown"],"lines":[{"name":"a b","sizes":[1,2]},{"name":"c"}]}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Brackets(t.Context(), bodies.FormBracketsParams{Text: "t", Tags: colours, Lines: lines})
			}},
		// deepObject
		{name: "deep", line: "POST form/deep", as: form,
			body: "text=t&labels%5Ba.b%5D=1&where%5Bcity%5D=Bern&where%5Bspot%5D%5Bx%5D=1&where%5Bspot%5D%5By%5D=2.5&where%5Btags%5D%5B%5D=u&where%5Btags%5D%5B%5D=v" +
				"&where%5Blines%5D%5B0%5D%5Bname%5D=a+b&where%5Blines%5D%5B0%5D%5Bsizes%5D%5B%5D=1&where%5Blines%5D%5B0%5D%5Bsizes%5D%5B%5D=2&where%5Blines%5D%5B1%5D%5Bname%5D=c",
			kept: `{"text":"t","labels":{"a.b":"1"},"where":` + where + `}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Deep(t.Context(), bodies.FormDeepParams{Text: "t", Labels: map[string]string{"a.b": "1"}, Where: bodies.FormDeepWhere{
					City: "Bern", Spot: &bodies.Spot{X: 1, Y: 2.5}, Tags: []string{"u", "v"}, Lines: lines,
				}})
			}},
		// encoding: contentType: application/json
		{name: "json", line: "POST form/json", as: form, body: "text=t&tags=%5B%22blue%22%2C%22black%22%2C%22brown%22%5D&spot=%7B%22x%22%3A1%2C%22y%22%3A2.5%7D",
			kept: `{"text":"t","tags":["blue","black","brown"],"spot":{"x":1,"y":2.5}}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.JSON(t.Context(), bodies.FormJSONParams{Text: "t", Tags: colours, Spot: &bodies.Spot{X: 1, Y: 2.5}})
			}},
		// spaceDelimited
		{name: "space", line: "POST form/space", as: form, body: "text=t&tags=blue%20black%20brown", kept: `{"text":"t","tags":["blue","black","brown"]}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Space(t.Context(), bodies.FormSpaceParams{Text: "t", Tags: colours})
			}},
		// pipeDelimited
		{name: "pipe", line: "POST form/pipe", as: form, body: "text=t&tags=blue%7Cblack%7Cbrown", kept: `{"text":"t","tags":["blue","black","brown"]}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Pipe(t.Context(), bodies.FormPipeParams{Text: "t", Tags: colours})
			}},
		// form, explode: true, of an object
		{name: "spread", line: "POST form/spread", as: form, body: "text=t&x=0&y=-1.5", kept: `{"text":"t","spot":{"x":0,"y":-1.5}}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Spread(t.Context(), bodies.FormSpreadParams{Text: "t", Spot: &bodies.Spot{Y: -1.5}})
			}},
		{name: "labels", line: "POST form/labels", as: form, body: "body=1&k+y=%C3%A9", kept: `{"labels":{"body":"1","k y":"é"}}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Labels(t.Context(), bodies.FormLabelsParams{Body: map[string]string{"body": "1", "k y": "é"}})
			}},
		{name: "empty list", line: "POST form/repeat", as: form, body: "text=t", kept: `{"text":"t"}`,
			call: func(c *bodies.Client) (*bodies.Kept, error) {
				return c.Form.Repeat(t.Context(), bodies.FormRepeatParams{Text: "t", Tags: []string{}})
			}},
	})
}
