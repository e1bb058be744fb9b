package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"

	"github.com/porin-dev/porin/runtime/twin"
)

// talker asks a driver for calls, one after the other, by the protocol of
// docs/judge.md.
type talker struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	id  int
}

// reply is what a driver says at the end of a call.
type reply struct {
	ID         int             `json:"id"`
	Done       bool            `json:"done"`
	Item       json.RawMessage `json:"item"`
	NotOffered string          `json:"not_offered"`
	Error      *struct {
		Text   string `json:"text"`
		Status int    `json:"status"`
	} `json:"error"`
}

func talk(ctx context.Context, command []string, ready twin.Ready) (*talker, error) {
	t := &talker{cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	var err error
	if t.in, err = t.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	t.out = bufio.NewReader(out)
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	_, err = t.ask(map[string]any{"do": "start", "servers": ready.Servers, "max_wait_ms": 1000})
	return t, err
}

// ask sends a line, and returns the last answer to it.
func (t *talker) ask(line map[string]any) (*reply, error) {
	t.id++
	line["id"] = t.id
	text, err := json.Marshal(line)
	if err != nil {
		return nil, err
	}
	if _, err := t.in.Write(append(text, '\n')); err != nil {
		return nil, err
	}
	for {
		answer, err := t.out.ReadBytes('\n')
		if err != nil {
			return nil, fmt.Errorf("the driver ended: %w", err)
		}
		var r reply
		if err := json.Unmarshal(answer, &r); err != nil {
			return nil, fmt.Errorf("the driver said %.80q: %w", answer, err)
		}
		if r.ID == t.id && len(r.Item) == 0 {
			return &r, nil
		}
	}
}

// call makes one call for an account.
func (t *talker) call(a twin.Account, action string, list bool, params json.RawMessage) (*reply, error) {
	tokens := map[string]string{}
	for _, held := range a.Tokens {
		tokens[held.Method] = held.Access
	}
	do := "read"
	if list {
		do = "list"
	}
	account := map[string]any{"id": a.ID, "method": a.Method, "token": a.Token.Access, "tokens": tokens, "cred": a.Cred}
	return t.ask(map[string]any{"do": do, "action": action, "params": params, "timeout_ms": 10_000, "account": account})
}

// end ends the driver.
func (t *talker) end() {
	_ = t.in.Close()
	_ = t.cmd.Wait() // What it said was read.
}
