// Package telemetry holds what a client tells OpenTelemetry, as its SDK exports it.
package telemetry

import (
	"errors"
	"maps"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	api "go.opentelemetry.io/otel/trace"

	"github.com/porin-dev/porin/connectors/slack"
	"github.com/porin-dev/porin/connectors/slack/slacktest"
	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/otelobserver"
	"github.com/porin-dev/porin/runtime/twin"
)

// telemetry is what an observer told.
type telemetry struct {
	rt.Observer
	spans  *tracetest.InMemoryExporter
	traces *trace.TracerProvider
	reader *metric.ManualReader
}

func newTelemetry(t *testing.T) *telemetry {
	t.Helper()
	tel := &telemetry{spans: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	tel.traces = trace.NewTracerProvider(trace.WithSyncer(tel.spans))
	var err error
	if tel.Observer, err = otelobserver.New(tel.traces, metric.NewMeterProvider(metric.WithReader(tel.reader))); err != nil {
		t.Fatal(err)
	}
	return tel
}

// counts are, by metric, how many values each set of attributes has.
func (tel *telemetry) counts(t *testing.T) map[string]map[attribute.Distinct]uint64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := tel.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[attribute.Distinct]uint64{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			out[m.Name] = map[attribute.Distinct]uint64{}
			switch data := m.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					out[m.Name][p.Attributes.Equivalent()] = p.Count
				}
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					out[m.Name][p.Attributes.Equivalent()] = uint64(p.Value)
				}
			default:
				t.Fatalf("%s is %T", m.Name, data)
			}
		}
	}
	return out
}

func set(kv ...attribute.KeyValue) attribute.Distinct {
	s := attribute.NewSet(kv...)
	return s.Equivalent()
}

// TestCallOfAClient makes a call that is refused once, and wants a span of each request
// below the caller's, and both in the histogram.
func TestCallOfAClient(t *testing.T) {
	tel := newTelemetry(t)
	sim := slacktest.Twin(t)
	if _, err := sim.Arm(twin.Fault{ID: "status/503", Times: 1, Scope: twin.Scope{Action: "conversations.info"}}); err != nil {
		t.Fatal(err)
	}
	client := sim.Client(slack.WithObserver(tel))
	ctx, parent := tel.traces.Tracer("test").Start(t.Context(), "caller")
	var id string
	for c, err := range client.Conversations.All(ctx, slack.ConversationsListParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		id = c.ID
		break
	}
	if _, err := client.Conversations.Info(ctx, slack.ConversationsInfoParams{Channel: id}); err != nil {
		t.Fatal(err)
	}
	parent.End()

	spans := tel.spans.GetSpans()
	if len(spans) != 4 {
		t.Fatalf("%d spans, want the caller's and three of requests", len(spans))
	}
	failed, again := spans[1], spans[2]
	for _, s := range spans[:3] {
		if s.SpanKind != api.SpanKindClient || s.Parent.SpanID() != parent.SpanContext().SpanID() {
			t.Errorf("span %s is of kind %v below %s", s.Name, s.SpanKind, s.Parent.SpanID())
		}
	}
	if failed.Name != again.Name || failed.Status.Code != codes.Error || again.Status.Code != codes.Unset {
		t.Errorf("spans %s (%v) and %s (%v)", failed.Name, failed.Status, again.Name, again.Status)
	}
	common := map[attribute.Key]attribute.Value{
		"http.request.method": attribute.StringValue("GET"), "url.template": attribute.StringValue("conversations.info"),
		"server.address": attribute.StringValue("slack.com"), "server.port": attribute.IntValue(443),
		"porin.api": attribute.StringValue("slack"), "porin.action": attribute.StringValue("conversations.info"),
		"porin.account": attribute.StringValue(sim.Accounts()[0].ID),
	}
	wantAttributes(t, failed, common, attribute.Int("http.response.status_code", 503), attribute.String("error.type", "503"), attribute.String("porin.class", "unavailable"))
	wantAttributes(t, again, common, attribute.Int("http.response.status_code", 200), attribute.Int("http.request.resend_count", 1))
	if waits := spans[3].Events; len(waits) != 2 || waits[1].Name != "porin.wait" {
		t.Errorf("events of the caller's span: %v, want a page and a wait", waits)
	}

	about := []attribute.KeyValue{attribute.String("http.request.method", "GET"), attribute.String("url.template", "conversations.info"),
		attribute.String("server.address", "slack.com"), attribute.Int("server.port", 443), attribute.String("porin.api", "slack"), attribute.String("porin.action", "conversations.info")}
	requests := tel.counts(t)["http.client.request.duration"]
	if n := requests[set(append(about, attribute.Int("http.response.status_code", 200))...)]; n != 1 {
		t.Errorf("%d requests that succeeded, want 1", n)
	}
	if n := requests[set(append(about, attribute.Int("http.response.status_code", 503), attribute.String("error.type", "503"))...)]; n != 1 {
		t.Errorf("%d requests that failed, want 1", n)
	}
}

func wantAttributes(t *testing.T, s tracetest.SpanStub, common map[attribute.Key]attribute.Value, more ...attribute.KeyValue) {
	t.Helper()
	want := maps.Clone(common)
	for _, kv := range more {
		want[kv.Key] = kv.Value
	}
	got := map[attribute.Key]attribute.Value{}
	for _, kv := range s.Attributes {
		got[kv.Key] = kv.Value
	}
	if !maps.Equal(got, want) {
		t.Errorf("span %s has %v, want %v", s.Name, got, want)
	}
}

// TestOtherEvents counts what is not a request.
func TestOtherEvents(t *testing.T) {
	tel := newTelemetry(t)
	ctx := t.Context()
	for _, e := range []rt.Event{
		rt.WaitEvent{API: "slack", Op: "chat.postMessage", Reason: rt.WaitLimit, Limit: "posts", For: time.Second},
		rt.RefreshEvent{API: "slack", Account: "T1", Token: "bot"},
		rt.RefreshEvent{API: "slack", Account: "T1", Token: "bot", Err: &rt.APIError{Class: rt.ClassUnavailable}},
		rt.RefreshEvent{API: "slack", Account: "T1", Token: "bot", Err: errors.New("the store is gone")},
		rt.DisconnectEvent{API: "slack", Account: "T1", Token: "bot", Code: "token_revoked"},
		rt.DriftEvent{API: "slack", Op: "users.list", Path: "members", Kind: "missing"},
		rt.DeprecationEvent{API: "slack", Op: "users.list", Sunset: time.Now()},
		rt.AttemptEvent{API: "slack", Op: "users.list", Method: "GET", Server: "127.0.0.1:8080", Route: "users.list", Class: rt.ClassTimeout, Err: errors.New("too late")},
	} {
		tel.Observe(ctx, e)
	}
	slackAPI, users := attribute.String("porin.api", "slack"), attribute.String("porin.action", "users.list")
	want := map[string]map[attribute.Distinct]uint64{
		"porin.client.wait.duration": {set(slackAPI, attribute.String("porin.action", "chat.postMessage"), attribute.String("porin.wait.reason", "limit"), attribute.String("porin.limit", "posts")): 1},
		"porin.client.token.refreshes": {set(slackAPI): 1, set(slackAPI, attribute.String("error.type", "unavailable")): 1,
			set(slackAPI, attribute.String("error.type", "_OTHER")): 1},
		"porin.client.disconnects": {set(slackAPI): 1},
		"porin.client.drifts":      {set(slackAPI, users): 1},
		"http.client.request.duration": {set(slackAPI, users, attribute.String("http.request.method", "GET"), attribute.String("url.template", "users.list"),
			attribute.String("server.address", "127.0.0.1"), attribute.Int("server.port", 8080), attribute.String("error.type", "timeout")): 1},
	}
	got := tel.counts(t)
	for name := range want {
		if !maps.Equal(got[name], want[name]) {
			t.Errorf("%s: %v, want %v", name, got[name], want[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d metrics, want %d", len(got), len(want))
	}
	if spans := tel.spans.GetSpans(); len(spans) != 1 || spans[0].Status.Description != "too late" {
		t.Errorf("spans %v", spans)
	}
}

// TestEventsOfASpan wants all that an event says in the span of the caller.
func TestEventsOfASpan(t *testing.T) {
	tel := newTelemetry(t)
	ctx, span := tel.traces.Tracer("test").Start(t.Context(), "caller")
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, e := range []rt.Event{
		rt.WaitEvent{API: "slack", Op: "users.list", Account: "T1", Reason: rt.WaitLimit, Limit: "posts", For: time.Second},
		rt.PageEvent{API: "slack", Op: "users.list", Account: "T1", Page: 2, Items: 100},
		rt.DriftEvent{API: "slack", Op: "users.list", Path: "members", Kind: "missing"},
		rt.DeprecationEvent{API: "slack", Op: "users.list", Since: since, Sunset: since.AddDate(1, 0, 0), Link: "https://example.com/"},
	} {
		tel.Observe(ctx, e)
	}
	span.End()
	slackAPI, users, account := attribute.String("porin.api", "slack"), attribute.String("porin.action", "users.list"), attribute.String("porin.account", "T1")
	want := []attribute.Distinct{
		set(slackAPI, users, account, attribute.String("porin.wait.reason", "limit"), attribute.String("porin.limit", "posts"), attribute.Float64("porin.wait.seconds", 1)),
		set(slackAPI, users, account, attribute.Int("porin.page", 2), attribute.Int("porin.items", 100)),
		set(slackAPI, users, attribute.String("porin.path", "members"), attribute.String("porin.kind", "missing")),
		set(slackAPI, users, attribute.String("porin.link", "https://example.com/"), attribute.String("porin.since", "2026-01-02T03:04:05Z"),
			attribute.String("porin.sunset", "2027-01-02T03:04:05Z")),
	}
	events := tel.spans.GetSpans()[0].Events
	if len(events) != len(want) {
		t.Fatalf("%d events, want %d", len(events), len(want))
	}
	for i, e := range events {
		if set(e.Attributes...) != want[i] {
			t.Errorf("%s has %v", e.Name, e.Attributes)
		}
	}
}
