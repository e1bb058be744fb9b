package main

import (
	"os"
	"path/filepath"
)

const (
	mb     = 1 << 20
	module = "github.com/porin-dev/porin"
)

// base is what a program does without a client: the same request with the
// standard library.
const base = `package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	req, _ := http.NewRequest("POST", "https://slack.com/api/chat.postMessage", strings.NewReader("{\"channel\":\"C1\",\"text\":\"hi\"}"))
	req.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var out struct{ TS string }
	fmt.Println(json.NewDecoder(resp.Body).Decode(&out), out.TS)
}
`

// one calls one action of the generated client.
const one = `package main

import (
	"context"
	"fmt"
	"os"

	"github.com/porin-dev/porin/connectors/slack"
)

func main() {
	client, err := slack.New(slack.BotToken(os.Getenv("TOKEN")))
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := client.Chat.PostMessage(context.Background(), slack.ChatPostMessageParams{Channel: "C1", Text: slack.Some("hi")})
	fmt.Println(err, out)
}
`

// programSize builds both programs, stripped, and compares them.
func programSize(temp string) ([]figure, error) {
	small, err := buildSize(temp, "base", base)
	if err != nil {
		return nil, err
	}
	large, err := buildSize(temp, "one", one)
	if err != nil {
		return nil, err
	}
	return []figure{
		{name: "net/http and encoding/json alone", value: small / mb, unit: "MB"},
		{name: "the same call through the client", value: large / mb, unit: "MB"},
		{name: "difference", value: (large - small) / mb, budget: 0.9, unit: "MB"},
	}, nil
}

// buildSize builds a program inside this module, by an overlay, so that it
// sees the checkout and writes nothing into it.
func buildSize(temp, name, src string) (float64, error) {
	bin := filepath.Join(temp, name)
	file := filepath.Join(temp, name+".go")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		return 0, err
	}
	if err := goTool(nil, "build", "-ldflags=-s -w", "-o", bin, file); err != nil {
		return 0, err
	}
	info, err := os.Stat(bin)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()), nil
}
