// Package logobserver writes what a client does to a log of package log/slog.
//
//	client, err := slack.New(slack.Token(token), slack.WithObserver(logobserver.New(slog.Default())))
package logobserver

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/porin-dev/porin/runtime"
)

// New returns an observer that logs to l, with the context of the call. Its records are
//
//	DEBUG  request        a request that succeeded, and each page of a list
//	INFO   wait           a wait of a second or more; shorter ones are DEBUG
//	INFO   token refreshed
//	WARN   request failed, refresh failed, response departs from its contract,
//	       operation is deprecated
//	ERROR  account disconnected
//
// Their attributes are those of the events, under the names of the fields in snake
// case, and none where a field is zero. The level of a record is for l's handler to
// compare; a record below it costs no allocation.
func New(l *slog.Logger) runtime.Observer { return observer{l} }

type observer struct{ log *slog.Logger }

// Observe logs an event.
func (o observer) Observe(ctx context.Context, e runtime.Event) {
	level, message := kind(e)
	if !o.log.Enabled(ctx, level) {
		return
	}
	o.log.LogAttrs(ctx, level, message, attributes(e)...)
}

// kind is how much an event matters, and what it is.
func kind(e runtime.Event) (slog.Level, string) {
	switch e := e.(type) {
	case runtime.AttemptEvent:
		if e.OK {
			return slog.LevelDebug, "request"
		}
		return slog.LevelWarn, "request failed"
	case runtime.WaitEvent:
		if e.For < time.Second {
			return slog.LevelDebug, "wait"
		}
		return slog.LevelInfo, "wait"
	case runtime.PageEvent:
		return slog.LevelDebug, "page"
	case runtime.RefreshEvent:
		if e.Err != nil {
			return slog.LevelWarn, "refresh failed"
		}
		return slog.LevelInfo, "token refreshed"
	case runtime.DisconnectEvent:
		return slog.LevelError, "account disconnected"
	case runtime.DriftEvent:
		return slog.LevelWarn, "response departs from its contract"
	case runtime.DeprecationEvent:
		return slog.LevelWarn, "operation is deprecated"
	}
	return slog.LevelDebug, "event"
}

// attributes are the fields of an event that are not zero.
func attributes(e runtime.Event) []slog.Attr {
	var a attrs
	switch e := e.(type) {
	case runtime.AttemptEvent:
		a.call(e.API, e.Op, e.Account)
		a.text("method", e.Method)
		a.text("server", e.Server)
		a.text("route", e.Route)
		a.number("attempt", e.Attempt)
		a.number("status_code", e.StatusCode)
		if !e.OK {
			a.text("class", e.Class.String())
		}
		a.text("code", e.Code)
		a.text("request_id", e.RequestID)
		a = append(a, slog.Duration("took", e.Took))
		a.err(e.Err)
	case runtime.WaitEvent:
		a.call(e.API, e.Op, e.Account)
		a.text("reason", e.Reason.String())
		a.text("limit", e.Limit)
		a = append(a, slog.Duration("for", e.For))
	case runtime.PageEvent:
		a.call(e.API, e.Op, e.Account)
		a = append(a, slog.Int("page", e.Page), slog.Int("items", e.Items))
	case runtime.RefreshEvent:
		a.call(e.API, "", e.Account)
		a.text("token", e.Token)
		a.err(e.Err)
	case runtime.DisconnectEvent:
		a.call(e.API, "", e.Account)
		a.text("token", e.Token)
		a.text("code", e.Code)
	case runtime.DriftEvent:
		a.call(e.API, e.Op, "")
		a.text("path", e.Path)
		a.text("kind", e.Kind)
	case runtime.DeprecationEvent:
		a.call(e.API, e.Op, "")
		a.at("since", e.Since)
		a.at("sunset", e.Sunset)
		a.text("link", e.Link)
	}
	return a
}

type attrs []slog.Attr

func (a *attrs) call(api, op, account string) {
	a.text("api", api)
	a.text("op", op)
	a.text("account", account)
}

func (a *attrs) text(name, value string) {
	if value != "" {
		*a = append(*a, slog.String(name, value))
	}
}

func (a *attrs) number(name string, value int) {
	if value != 0 {
		*a = append(*a, slog.Int(name, value))
	}
}

func (a *attrs) at(name string, t time.Time) {
	if !t.IsZero() {
		*a = append(*a, slog.Time(name, t))
	}
}

func (a *attrs) err(err error) {
	if err == nil {
		return
	}
	*a = append(*a, slog.String("error", err.Error()))
	if failed, ok := errors.AsType[*runtime.APIError](err); ok {
		a.text("class", failed.Class.String())
		a.text("code", failed.Code)
	}
}
