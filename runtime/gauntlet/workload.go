package gauntlet

import "time"

// Open opens the nth account's connection: with a given credential where the
// connector has such a method, and with a stored one else.
func (e *Env) Open(n int) (*Conn, error) {
	if e.Plan.Static == nil && e.Plan.OAuth != nil {
		return e.Renewing(n)
	}
	return e.Static(n)
}

func readList(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	c.List(e.Plan.List)
	return nil
}

func readOnce(e *Env) error { return readWithin(e, patience) }

func readWithin(e *Env, d time.Duration) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	c.CallWithin(e.Plan.Read, d)
	return nil
}

// askSuited makes a workload that asks n times for what the scenario's fault changes.
func askSuited(n int) func(*Env) error {
	return func(e *Env) error {
		c, err := e.Open(1)
		if err != nil {
			return err
		}
		for range n {
			c.ask(e.scenario.suited(e.Plan), patience)
		}
		return nil
	}
}

func createOnce(e *Env) error {
	c, err := e.Open(1)
	if err != nil {
		return err
	}
	c.Call(e.Plan.Create)
	return nil
}

// times makes a workload that makes n calls of a role, one after the other.
func times(n int, r Role) func(*Env) error {
	return func(e *Env) error {
		c, err := e.Open(1)
		if err != nil {
			return err
		}
		for range e.few(n, min(n, 5)) {
			c.Call(e.Plan.role(r))
		}
		return nil
	}
}
