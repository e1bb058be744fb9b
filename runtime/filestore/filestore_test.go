package filestore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/filestore"
	"github.com/porin-dev/porin/runtime/storetest"
)

// writerDir makes the test binary a process that writes to a store until it is killed.
const writerDir = "PORIN_FILESTORE_WRITER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		fmt.Fprintln(os.Stderr, write(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func open(t *testing.T, dir string) *filestore.Store {
	t.Helper()
	s, err := filestore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) func() rt.TokenStore {
		dir := filepath.Join(t.TempDir(), "tokens")
		return func() rt.TokenStore { return open(t, dir) }
	})
}

func TestUserAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "tokens")
	s := open(t, dir)
	if _, err := s.Save(t.Context(), "a", "bot", token(1), 0); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		files++
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
}

// TestKilled kills a writer over and over. What it said it saved has to be
// there, and nothing of another version.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	for round := range 12 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), writerDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said, lines := int64(0), bufio.NewScanner(out)
		for n := 0; n < 3+round && lines.Scan(); n++ {
			if _, err := fmt.Sscan(lines.Text(), &said); err != nil {
				t.Fatalf("the writer says %q", lines.Text())
			}
		}
		_ = cmd.Process.Kill()
		for lines.Scan() { // What it said before it died.
			_, _ = fmt.Sscan(lines.Text(), &said)
		}
		_ = cmd.Wait()
		got, version, err := open(t, dir).Load(t.Context(), "a", "bot")
		if err != nil || version < said || version > said+1 || got.Access.Reveal() != token(version).Access.Reveal() || !strings.HasSuffix(got.Refresh.Reveal(), "-end") {
			t.Fatalf("version %d (%v) after %d was saved", version, err, said)
		}
	}
}

func write(dir string) error {
	s, err := filestore.Open(dir)
	if err != nil {
		return err
	}
	ctx := context.Background()
	_, version, err := s.Load(ctx, "a", "bot")
	if err != nil && !errors.Is(err, rt.ErrNoToken) {
		return err
	}
	for {
		if version, err = s.Save(ctx, "a", "bot", token(version+1), version); err != nil {
			return err
		}
		fmt.Println(version)
	}
}

// token is a token of that version, too long for one write of a page.
func token(version int64) rt.Token {
	return rt.Token{Access: rt.NewSecret(fmt.Sprint("access-", version)), Refresh: rt.NewSecret(strings.Repeat("x", 20_000) + "-end")}
}

func TestTornFilesGo(t *testing.T) {
	dir := t.TempDir()
	torn, fresh := filepath.Join(dir, "a.torn"), filepath.Join(dir, "b.torn")
	for _, name := range []string{torn, fresh} {
		if err := os.WriteFile(name, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(torn, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(torn); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a crash left is there: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("what another process is writing: %v", err)
	}
}

func TestErrorsHoldNoSecret(t *testing.T) {
	const secret = "canary-7f3a"
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.Save(t.Context(), "a", "bot", rt.Token{Access: rt.NewSecret(secret)}, 0); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(data), secret) {
		t.Fatalf("the token is not in its file: %v", err)
	}
	for _, broken := range []string{string(data[:len(data)-3]), strings.Replace(string(data), `"a"`, `"b"`, 1), strings.Replace(string(data), `"access":`, `"access":7,"x":`, 1)} {
		if err := os.WriteFile(files[0], []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.Load(t.Context(), "a", "bot")
		if err == nil || errors.Is(err, rt.ErrNoToken) || strings.Contains(err.Error(), secret) {
			t.Errorf("Load: %v", err)
		}
		if _, err := s.Save(t.Context(), "a", "bot", rt.Token{}, 0); err == nil {
			t.Error("a file that cannot be read is replaced as if there were none")
		}
	}
}
