package console_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/gauntlet/console"
	"github.com/porin-dev/porin/runtime/twin"
)

// connector is one action under a hostile name.
func connector() *ir.Connector {
	return &ir.Connector{
		Version: ir.Version, Name: "tiny", Title: `Tiny <script>alert("title")</script>`,
		Servers: []*ir.Server{{Name: "api", URL: ir.Template{Parts: []ir.Part{{Text: "https://api.tiny.test/"}}}}},
		Groups: []*ir.Group{{Name: "things", Path: "things", Actions: []*ir.Action{{
			Name: "list", Path: "things.list", Method: "GET", Server: "api", Effect: ir.Read, Reply: "json",
			URL: ir.Template{Parts: []ir.Part{{Text: "things"}}}, Returns: &ir.Type{Kind: ir.Object},
			Params: &ir.Type{Kind: ir.Object, Fields: []*ir.Field{{Name: "most", Type: &ir.Type{Kind: ir.Int}}}},
			Places: []*ir.Place{{Field: "most", In: "query", Name: "most"}},
		}}}},
	}
}

// served is a twin of the connector with its page.
func served(t *testing.T, more http.Handler) (*twin.Twin, *httptest.Server) {
	t.Helper()
	c := connector()
	tw := twin.New(c, twin.Options{Control: func(tw *twin.Twin) http.Handler { return console.Handler(c, tw) }})
	mux := http.NewServeMux()
	mux.Handle("/", tw.Handler())
	if more != nil {
		mux.Handle("/drive", more)
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return tw, srv
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

func post(t *testing.T, address string, form url.Values, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

// has is assert.Contains without the whole page in its message.
func has(t *testing.T, body, part string) {
	t.Helper()
	assert.True(t, strings.Contains(body, part), "the page has no %s", part)
}

func TestPage(t *testing.T) {
	tw, srv := served(t, nil)
	status, _ := get(t, srv.URL+"/things?token=%3Cb%3E")
	require.Equal(t, 200, status)
	home := srv.URL + twin.ControlPath

	status, body := get(t, home)
	assert.Equal(t, 200, status)
	has(t, body, "GET /things things.list account=acct-1 -&gt; 200")
	get(t, srv.URL+"/things?most=all")
	_, body = get(t, home)
	has(t, body, "-&gt; 400 invalid (most: wants an integer)")
	has(t, body, "Nothing: the provider behaves.")
	assert.False(t, strings.Contains(body, `<script>alert("title")`), "the title is text")

	status, body = post(t, home, url.Values{"do": {"arm"}, "fault": {"status/503"}, "times": {"1"}, "action": {"things.list"}, "seed": {"7"}})
	assert.Equal(t, 200, status, "it leads back to the page")
	require.Len(t, tw.Armed(), 1)
	seven := uint64(7)
	assert.Equal(t, twin.Fault{ID: "status/503", Times: 1, Seed: &seven, Scope: twin.Scope{Action: "things.list"}}, tw.Armed()[0].Fault())
	has(t, body, "things.list")
	status, _ = get(t, srv.URL+"/things")
	assert.Equal(t, 503, status)

	_, body = get(t, home+"?part=live&about=503")
	has(t, body, "[status/503]")
	assert.False(t, strings.Contains(body, "-&gt; 200"), "only lines with 503")
	assert.False(t, strings.Contains(body, "<html"), "the part alone")

	status, _ = post(t, home, url.Values{"do": {"disarm"}, "id": {"1"}})
	assert.Equal(t, 200, status)
	assert.Empty(t, tw.Armed())
	_, body = post(t, home, url.Values{"do": {"forget"}})
	has(t, body, "No request yet.")
}

// A scenario is armed by its name; the page says what happens in it, and what of it is no fault.
func TestPageArmsScenarios(t *testing.T) {
	tw, srv := served(t, nil)
	home := srv.URL + twin.ControlPath
	_, body := get(t, home)
	has(t, body, `<option value="status/every-safe-call"`)
	assert.False(t, strings.Contains(body, `<option value="paging/every-list"`), "the spec has no list with pages")

	status, body := post(t, home, url.Values{"do": {"arm scenario"}, "scenario": {"status/every-safe-call"}})
	assert.Equal(t, 200, status)
	has(t, body, "Armed: <code>status/503</code>.")
	assert.Len(t, tw.Armed(), 1)
	_, body = post(t, home, url.Values{"do": {"arm scenario"}, "scenario": {"data/every-call"}})
	has(t, body, "Not armed: it has no fault")
	status, body = post(t, home, url.Values{"do": {"arm scenario"}, "scenario": {"status/<b>"}})
	assert.Equal(t, 400, status)
	has(t, body, "there is no scenario &#34;status/&lt;b&gt;&#34;; there is")
	assert.Len(t, tw.Armed(), 1)
}

func TestPageRefuses(t *testing.T) {
	tw, srv := served(t, nil)
	home := srv.URL + twin.ControlPath
	arm := url.Values{"do": {"arm"}, "fault": {"status/503"}}
	for name, c := range map[string]struct {
		form    url.Values
		headers []string
		status  int
		says    string
	}{
		"another site":      {arm, []string{"Sec-Fetch-Site", "cross-site"}, 403, "another site"},
		"another origin":    {arm, []string{"Origin", "https://evil.example"}, 403, "another site"},
		"no such fault":     {url.Values{"do": {"arm"}, "fault": {"status/<b>"}}, nil, 400, "no fault &#34;status/&lt;b&gt;&#34;"},
		"no such parameter": {url.Values{"do": {"arm"}, "fault": {"status/503"}, "params": {"colour=red"}}, nil, 400, "no parameter"},
		"no number":         {url.Values{"do": {"arm"}, "fault": {"status/503"}, "times": {"often"}}, nil, 400, "times is a number, not &#34;often&#34;"},
		"no pair":           {url.Values{"do": {"arm"}, "fault": {"status/503"}, "params": {"retry-after"}}, nil, 400, "not written as name=value"},
		"no such action":    {url.Values{"do": {"arm"}, "fault": {"status/503"}, "action": {"things.lst"}}, nil, 400, "no action &#34;things.lst&#34;; there is"},
		"nothing to do":     {url.Values{}, nil, 400, "nothing to do"},
		"too much":          {url.Values{"do": {strings.Repeat("x", 1<<17)}}, nil, 400, "too large"},
	} {
		status, body := post(t, home, c.form, c.headers...)
		assert.Equal(t, c.status, status, name)
		has(t, body, c.says)
		assert.Empty(t, tw.Armed(), name)
	}
	status, _ := get(t, home+"nothing")
	assert.Equal(t, 404, status)
	_, body := get(t, strings.TrimSuffix(home, "/"))
	has(t, body, "Nothing: the provider behaves.")
}

func TestVerdict(t *testing.T) {
	_, srv := served(t, nil)
	_, body := get(t, srv.URL+twin.ControlPath+"verdict")
	var got struct {
		Verdicts []struct{ Oracle, Outcome string }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &got))
	assert.Len(t, got.Verdicts, 4)
}

// drive is a page of the same origin that uses the twin's page as a person does, in a
// frame, and writes down what it saw.
const drive = `<!doctype html><ol id="saw"></ol><iframe id="page" width="1200" height="800"></iframe><script>
const frame = document.getElementById("page"), saw = []
const inside = () => frame.contentDocument
const shown = () => inside().getElementById("live").innerText
const steps = [
  () => { saw.push("armed nothing: " + shown().includes("Nothing: the provider behaves"))
          inside().querySelector("[name=fault]").value = "status/503"
          inside().querySelector("[name=times]").value = "2"
          inside().querySelector("form.arm button").click() },
  () => { saw.push("armed: " + shown().includes("status/503") + ", " + shown().includes("0 of 2"))
          fetch("/things").then(() => { const wait = setInterval(() => { if (shown().includes("1 of 2")) { clearInterval(wait); next() } }, 200) }) },
  () => { saw.push("follows: " + shown().includes("[status/503]"))
          saw.push("fits: " + (inside().documentElement.scrollWidth <= inside().documentElement.clientWidth))
          inside().querySelector("[name=id]").click() },
  () => { saw.push("disarmed: " + shown().includes("Nothing: the provider behaves"))
          inside().querySelector("[name=params]").value = "colour=red"
          inside().querySelector("form.arm button").click() },
  () => { saw.push("told: " + inside().querySelector("[role=alert]").innerText)
          document.getElementById("saw").innerText = saw.join("; ") + "; end" },
]
function next() { steps.shift()() }
frame.onload = next
frame.src = "/_porin/"
</script>`

// TestBrowser uses the page in a real browser.
func TestBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium")
	}
	_, srv := served(t, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(rw, drive)
	}))
	cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=20000", "--dump-dom", srv.URL+"/drive")
	out, err := cmd.Output()
	require.NoError(t, err)
	assert.Contains(t, string(out), "armed nothing: true; armed: true, true; follows: true; fits: true; disarmed: true; told: twin: fault")
	assert.Contains(t, string(out), "; end")
}
