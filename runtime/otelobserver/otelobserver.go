// Package otelobserver tells OpenTelemetry what a client does, in traces and metrics.
//
//	observer, err := otelobserver.New(otel.GetTracerProvider(), otel.GetMeterProvider())
//	...
//	client, err := slack.New(slack.Token(token), slack.WithObserver(observer))
//
// Each request is a span of kind client below the span of the call's context, as the
// semantic conventions for HTTP have it (https://opentelemetry.io/docs/specs/semconv/http/).
// No header of the trace is sent to the provider: wrap the transport for that, where the
// provider is yours.
package otelobserver

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/porin-dev/porin/runtime"
)

const scope = "github.com/porin-dev/porin/runtime/otelobserver"

// Names of attributes that the conventions have not.
const (
	apiKey     = attribute.Key("porin.api")
	opKey      = attribute.Key("porin.action")
	accountKey = attribute.Key("porin.account") // Of spans and their events alone: metrics would have a series for each.
	reasonKey  = attribute.Key("porin.wait.reason")
	limitKey   = attribute.Key("porin.limit")
	tokenKey   = attribute.Key("porin.token")
)

// durations are the bounds that the conventions advise for http.client.request.duration, in seconds.
var durations = []float64{.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10}

type observer struct {
	tracer trace.Tracer

	requests    metric.Float64Histogram
	waits       metric.Float64Histogram
	refreshes   metric.Int64Counter
	disconnects metric.Int64Counter
	drifts      metric.Int64Counter
}

// New returns an observer of these providers. Its metrics are
//
//	http.client.request.duration  s, histogram  a request: method, server, status, error.type, route, action
//	porin.client.wait.duration    s, histogram  a wait before a request, by action, reason and limit
//	porin.client.token.refreshes  counter       by API and error.type
//	porin.client.disconnects      counter       accounts that have to be connected anew, by API
//	porin.client.drifts           counter       departures from the contract, by action
//
// A span is named for the method and the route, "GET users/{id}"; there is no url.full,
// which would have ids of people in it. Waits, pages, refreshes, drift and deprecations
// are events of the span that the context has. An error is one of the meter.
func New(traces trace.TracerProvider, metrics metric.MeterProvider) (runtime.Observer, error) {
	o := &observer{tracer: traces.Tracer(scope)}
	meter := metrics.Meter(scope)
	var err error
	if o.requests, err = meter.Float64Histogram("http.client.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of HTTP client requests."), metric.WithExplicitBucketBoundaries(durations...)); err != nil {
		return nil, err
	}
	if o.waits, err = meter.Float64Histogram("porin.client.wait.duration", metric.WithUnit("s"),
		metric.WithDescription("How long calls wait before a request, for limits and retries.")); err != nil {
		return nil, err
	}
	if o.refreshes, err = meter.Int64Counter("porin.client.token.refreshes", metric.WithUnit("{refresh}"),
		metric.WithDescription("Refreshes of access tokens.")); err != nil {
		return nil, err
	}
	if o.disconnects, err = meter.Int64Counter("porin.client.disconnects", metric.WithUnit("{account}"),
		metric.WithDescription("Accounts that have to be connected anew.")); err != nil {
		return nil, err
	}
	o.drifts, err = meter.Int64Counter("porin.client.drifts", metric.WithUnit("{drift}"),
		metric.WithDescription("Departures of answers from the contract, each counted once."))
	return o, err
}

// Observe tells an event.
func (o *observer) Observe(ctx context.Context, e runtime.Event) {
	switch e := e.(type) {
	case runtime.AttemptEvent:
		o.attempt(ctx, e)
	case runtime.WaitEvent:
		about := []attribute.KeyValue{apiKey.String(e.API), opKey.String(e.Op), reasonKey.String(e.Reason.String())}
		if e.Limit != "" {
			about = append(about, limitKey.String(e.Limit))
		}
		o.waits.Record(ctx, e.For.Seconds(), metric.WithAttributes(about...))
		note(ctx, "porin.wait", append(about, accountKey.String(e.Account), attribute.Float64("porin.wait.seconds", e.For.Seconds()))...)
	case runtime.PageEvent:
		note(ctx, "porin.page", apiKey.String(e.API), opKey.String(e.Op), accountKey.String(e.Account), attribute.Int("porin.page", e.Page), attribute.Int("porin.items", e.Items))
	case runtime.RefreshEvent:
		about := []attribute.KeyValue{apiKey.String(e.API)}
		if e.Err != nil {
			about = append(about, attribute.String("error.type", refreshError(e.Err)))
		}
		o.refreshes.Add(ctx, 1, metric.WithAttributes(about...))
		note(ctx, "porin.refresh", append(about, accountKey.String(e.Account), tokenKey.String(e.Token))...)
	case runtime.DisconnectEvent:
		o.disconnects.Add(ctx, 1, metric.WithAttributes(apiKey.String(e.API)))
		note(ctx, "porin.disconnect", apiKey.String(e.API), accountKey.String(e.Account), tokenKey.String(e.Token), attribute.String("porin.code", e.Code))
	case runtime.DriftEvent:
		o.drifts.Add(ctx, 1, metric.WithAttributes(apiKey.String(e.API), opKey.String(e.Op)))
		note(ctx, "porin.drift", apiKey.String(e.API), opKey.String(e.Op), attribute.String("porin.path", e.Path), attribute.String("porin.kind", e.Kind))
	case runtime.DeprecationEvent:
		about := []attribute.KeyValue{apiKey.String(e.API), opKey.String(e.Op), attribute.String("porin.link", e.Link)}
		if !e.Since.IsZero() {
			about = append(about, attribute.String("porin.since", e.Since.Format(time.RFC3339)))
		}
		if !e.Sunset.IsZero() {
			about = append(about, attribute.String("porin.sunset", e.Sunset.Format(time.RFC3339)))
		}
		note(ctx, "porin.deprecation", about...)
	}
}

// attempt tells a request: its span begins when it began, and ends now.
func (o *observer) attempt(ctx context.Context, e runtime.AttemptEvent) {
	about := []attribute.KeyValue{
		attribute.String("http.request.method", e.Method), attribute.String("url.template", e.Route),
		apiKey.String(e.API), opKey.String(e.Op),
	}
	about = append(about, server(e.Server)...)
	if e.StatusCode != 0 {
		about = append(about, attribute.Int("http.response.status_code", e.StatusCode))
	}
	if !e.OK {
		about = append(about, attribute.String("error.type", errorType(e)))
	}
	o.requests.Record(ctx, e.Took.Seconds(), metric.WithAttributes(about...))

	end := time.Now()
	_, span := o.tracer.Start(ctx, e.Method+" "+e.Route, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithTimestamp(end.Add(-e.Took)), trace.WithAttributes(about...))
	if span.IsRecording() {
		span.SetAttributes(accountKey.String(e.Account))
		if e.Attempt > 1 {
			span.SetAttributes(attribute.Int("http.request.resend_count", e.Attempt-1))
		}
		if !e.OK {
			span.SetAttributes(attribute.String("porin.class", e.Class.String()))
			if e.Code != "" {
				span.SetAttributes(attribute.String("porin.code", e.Code))
			}
			span.SetStatus(codes.Error, reason(e))
		}
	}
	span.End(trace.WithTimestamp(end))
}

// errorType is the status where it tells of a failure, and the class of others.
func errorType(e runtime.AttemptEvent) string {
	if e.StatusCode >= 400 {
		return strconv.Itoa(e.StatusCode)
	}
	return e.Class.String()
}

// refreshError is the class of a failed refresh, and what the conventions have for the
// rest, a store that fails.
func refreshError(err error) string {
	if e, ok := errors.AsType[*runtime.APIError](err); ok {
		return e.Class.String()
	}
	return "_OTHER"
}

// reason describes a failure, where the status does not.
func reason(e runtime.AttemptEvent) string {
	switch {
	case e.StatusCode >= 400:
		return ""
	case e.Err != nil:
		return e.Err.Error()
	}
	return e.Class.String()
}

// server is the address, and the port: that of https where none is said.
func server(host string) []attribute.KeyValue {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return []attribute.KeyValue{attribute.String("server.address", host), attribute.Int("server.port", 443)}
	}
	n, _ := strconv.Atoi(port)
	return []attribute.KeyValue{attribute.String("server.address", name), attribute.Int("server.port", n)}
}

// note adds an event to the span of the caller.
func note(ctx context.Context, name string, about ...attribute.KeyValue) {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.AddEvent(name, trace.WithAttributes(about...))
	}
}
