// Package program measures what a generated client adds to the size of a
// program.
package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Budget is by how many bytes the program that calls one action may be larger
// than the one that does the same by hand.
const Budget = 900_000

// byHand does without a client: the same request with the standard library.
const byHand = `package main

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

// oneCall calls one action of the generated client.
const oneCall = `package main

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

// Sizes builds both programs, stripped, and returns their sizes in bytes. root
// is the root of the repository; what is built goes to temp.
func Sizes(root, temp string) (hand, client int64, err error) {
	if hand, err = size(root, filepath.Join(temp, "hand"), byHand); err != nil {
		return 0, 0, err
	}
	client, err = size(root, filepath.Join(temp, "client"), oneCall)
	return hand, client, err
}

// size builds a program, without the paths of the machine, which count. Its source lies outside the module, whose packages it
// sees all the same, so that nothing is written into the checkout.
func size(root, bin, source string) (int64, error) {
	if err := os.WriteFile(bin+".go", []byte(source), 0o644); err != nil {
		return 0, err
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, bin+".go")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build: %w\n%s", err, out)
	}
	info, err := os.Stat(bin)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
