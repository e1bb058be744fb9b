package sealed_test

import (
	"database/sql"
	"os"

	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/sealed"
	"github.com/porin-dev/porin/runtime/sqlstore"
)

// An application with several replicas keeps its tokens in PostgreSQL, and the
// keys that they are sealed with out of it. The driver is its own choice; this
// one needs an import of github.com/jackc/pgx/v5/stdlib.
func Example() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		return
	}
	ring, err := sealed.NewRing(
		sealed.Key{ID: "2026-11", Secret: rt.NewSecret(os.Getenv("TOKEN_KEY"))},
		sealed.Key{ID: "2026-05", Secret: rt.NewSecret(os.Getenv("TOKEN_KEY_OLD"))},
	)
	if err != nil {
		return
	}
	var store rt.TokenStore = sealed.New(sqlstore.New(db, sqlstore.PostgreSQL, "slack"), ring, "slack")
	// slack.NewApp(slack.AppConfig{Store: store, ...}), or:
	_ = rt.WithTokenStore(store)
}
