package state_test

import "github.com/porin-dev/porin/runtime/gauntlet"

// wrongly is the generated client with sessions of another kind around its own, which sin.
type wrongly struct {
	gauntlet.Driver
	session func(gauntlet.Session) gauntlet.Session
}

func (d wrongly) App(t gauntlet.Target) (gauntlet.App, error) {
	app, err := d.Driver.App(t)
	return wrongApp{app, d.session}, err
}

type wrongApp struct {
	gauntlet.App
	session func(gauntlet.Session) gauntlet.Session
}

func (a wrongApp) Session(acct gauntlet.Account) (gauntlet.Session, error) {
	s, err := a.App.Session(acct)
	return a.session(s), err
}
