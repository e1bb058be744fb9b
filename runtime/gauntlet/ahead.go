package gauntlet

import (
	"context"
	"iter"

	"github.com/porin-dev/porin/runtime"
)

// ReadAhead makes a generated driver read lists with [runtime.Ahead]. The oracles then
// let it ask for up to n-1 pages behind an end that nothing has told yet.
func ReadAhead(d Driver, n int) Driver { return aheadDriver{d, n} }

type aheadDriver struct {
	Driver
	n int
}

func (d aheadDriver) App(t Target) (App, error) {
	a, err := d.Driver.App(t)
	return aheadApp{a, d.n}, err
}

type aheadApp struct {
	App
	n int
}

func (a aheadApp) Session(acct Account) (Session, error) {
	s, err := a.App.Session(acct)
	return aheadSession{s, a.n}, err
}

type aheadSession struct {
	Session
	n int
}

type aheadKey struct{}

func (s aheadSession) List(ctx context.Context, action string, params JSON) iter.Seq2[JSON, error] {
	return s.Session.List(context.WithValue(ctx, aheadKey{}, s.n), action, params)
}

// aheadOf is the option that a list is read with.
func aheadOf(ctx context.Context) runtime.CallOption {
	n, _ := ctx.Value(aheadKey{}).(int)
	return runtime.Ahead(n)
}

// readsAhead is how many pages a driver reads ahead.
func readsAhead(d Driver) int {
	a, _ := d.(aheadDriver)
	return a.n
}
