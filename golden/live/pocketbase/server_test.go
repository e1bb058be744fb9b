package pocketbase_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // What a new PocketBase begins with.
	"github.com/pocketbase/pocketbase/tools/types"
)

// The user of a server.
const user, password = "user@porin.test", "correct horse"

// server is a PocketBase, on the loopback address until the test ends, with the user
// and the collection notes.
type server struct {
	*httptest.Server
	app     core.App
	refused atomic.Int32 // Calls that were answered 429.
}

func startServer(t *testing.T) *server {
	t.Helper()
	s := &server{app: core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})}
	if err := s.app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.app.ResetBootstrapState() })
	if err := s.app.RunAllMigrations(); err != nil {
		t.Fatal(err)
	}
	if err := s.fill(); err != nil {
		t.Fatal(err)
	}
	router, err := apis.NewRouter(s.app)
	if err != nil {
		t.Fatal(err)
	}
	mux, err := router.BuildMux()
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(&statuses{w, s}, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// fill makes the user and the collection, which users may do everything with.
func (s *server) fill() error {
	users, err := s.app.FindCollectionByNameOrId("users")
	if err != nil {
		return err
	}
	u := core.NewRecord(users)
	u.SetEmail(user)
	u.SetPassword(password)
	if err := s.app.Save(u); err != nil {
		return err
	}
	notes := core.NewBaseCollection("notes")
	rule := types.Pointer(`@request.auth.id != ""`)
	notes.ListRule, notes.ViewRule, notes.CreateRule, notes.UpdateRule, notes.DeleteRule = rule, rule, rule, rule, rule
	notes.Fields.Add(
		&core.TextField{Name: "title", Required: true, Max: 100},
		&core.NumberField{Name: "count", OnlyInt: true},
		&core.BoolField{Name: "done"},
		&core.DateField{Name: "due"},
		&core.AutodateField{Name: "created", OnCreate: true},
	)
	return s.app.Save(notes)
}

// limit allows so many calls a second of each address.
func (s *server) limit(calls int) error {
	limits := &s.app.Settings().RateLimits
	limits.Enabled = true
	limits.Rules = []core.RateLimitRule{{Label: "/api/", MaxRequests: calls, Duration: 1}}
	return s.app.Save(s.app.Settings())
}

// signOut ends all tokens of the user.
func (s *server) signOut() error {
	u, err := s.app.FindAuthRecordByEmail("users", user)
	if err != nil {
		return err
	}
	u.RefreshTokenKey()
	return s.app.Save(u)
}

// statuses counts refusals.
type statuses struct {
	http.ResponseWriter
	s *server
}

func (w *statuses) WriteHeader(status int) {
	if status == http.StatusTooManyRequests {
		w.s.refused.Add(1)
	}
	w.ResponseWriter.WriteHeader(status)
}
