package gauntlet

import (
	"time"
)

func listTogether(e *Env) error {
	c, err := e.Renewing(1)
	if err != nil {
		return err
	}
	e.Together(e.few(20, 2), func(int) { c.ListWithin(e.Plan.List, 24*time.Hour) })
	return nil
}

func callForHours(e *Env) error {
	c, err := e.Renewing(1)
	if err != nil {
		return err
	}
	for range 10 {
		c.Call(e.Plan.Read)
		time.Sleep(9 * time.Minute)
	}
	return nil
}

func callThenRevoke(e *Env) error {
	c, err := e.Renewing(1)
	if err != nil {
		return err
	}
	c.Call(e.Plan.Read)
	e.Twin.Revoke(c.id)
	for range 5 {
		c.Call(e.Plan.Read)
	}
	return nil
}

func callThenExpire(e *Env) error {
	c, err := e.Static(1)
	if err != nil {
		return err
	}
	c.Call(e.Plan.Read)
	time.Sleep(2 * time.Second) // A token that is signed within a second of another may be the same.
	e.Twin.Expire(c.id)
	c.Call(e.Plan.Read)
	return nil
}

// callSignedLater makes a call that may wait for half an hour.
func callSignedLater(e *Env) error {
	c, err := e.Static(1)
	if err != nil {
		return err
	}
	c.CallWithin(e.Plan.Read, 30*time.Minute)
	return nil
}

func callThenRevokeGiven(e *Env) error {
	c, err := e.Static(1)
	if err != nil {
		return err
	}
	c.Call(e.Plan.Read)
	e.Twin.Revoke(c.id)
	for range 3 {
		c.Call(e.Plan.Read)
	}
	return nil
}

// expireAndCall makes calls one after the other within half a minute.
func renewAndCall(e *Env) error {
	c, err := e.Renewing(1)
	if err != nil {
		return err
	}
	for range 3 {
		c.CallWithin(e.Plan.Read, 20*time.Second)
	}
	return nil
}

func expireAndCall(e *Env) error {
	c, err := e.Renewing(1)
	if err != nil {
		return err
	}
	e.Twin.Expire(c.id)
	for range 4 {
		c.CallWithin(e.Plan.Read, 20*time.Second)
		time.Sleep(time.Second)
	}
	return nil
}

func expireAndCallBriefly(e *Env) error {
	c, err := e.Renewing(1)
	if err != nil {
		return err
	}
	e.Twin.Expire(c.id)
	e.Together(3, func(i int) {
		c.CallWithin(e.Plan.Read, time.Duration(i+2)*time.Second)
	})
	return nil
}
