package storm_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"

	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/sealed"
	"github.com/porin-dev/porin/runtime/sqlstore"
)

// What a worker is told.
const (
	workerDatabase = "PORIN_STORM_DATABASE"
	workerIssuer   = "PORIN_STORM_ISSUER"
	workerKey      = "PORIN_STORM_KEY"
)

const connector = "oidc"

func sealedStore(db *sql.DB, key sealed.Key) (rt.TokenStore, error) {
	ring, err := sealed.NewRing(key)
	if err != nil {
		return nil, err
	}
	return sealed.New(sqlstore.New(db, sqlstore.PostgreSQL, connector), ring, connector), nil
}

// work makes calls for each account that it reads, and writes how they ended.
func work(in io.Reader, out io.Writer) error {
	db, err := sql.Open("pgx", os.Getenv(workerDatabase))
	if err != nil {
		return err
	}
	store, err := sealedStore(db, sealed.Key{ID: "k1", Secret: rt.NewSecret(os.Getenv(workerKey))})
	if err != nil {
		return err
	}
	issuer := os.Getenv(workerIssuer)
	api := &rt.API{Name: connector, Servers: []rt.Server{{Name: "api", URL: issuer}}, OAuth: &rt.OAuth2{
		Authorize: issuer + "/auth", Token: issuer + "/token", Rotates: true,
		Tokens: []rt.OAuthToken{{Name: "bot", Access: rt.Path{"access_token"}, Refresh: rt.Path{"refresh_token"}, Expires: rt.Path{"expires_in"}}},
	}}
	app, err := rt.NewApp(api, rt.WithTokenStore(store), rt.WithOAuthClient("porin", rt.NewSecret("test-secret")))
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		access, err := together(app, lines.Text())
		if err != nil {
			_, err = fmt.Fprintf(out, "%q\n", err.Error())
		} else {
			_, err = fmt.Fprintf(out, "ok %x\n", sha256.Sum256([]byte(access)))
		}
		if err != nil {
			return err
		}
	}
	return lines.Err()
}

// together has several callers use one connection, and returns what they sent.
func together(app *rt.App, account string) (string, error) {
	var sent [callers]string
	var failed [callers]error
	var wg sync.WaitGroup
	for n := range callers {
		wg.Go(func() {
			req, err := http.NewRequest(http.MethodGet, "http://127.0.0.1/", nil)
			if err == nil {
				_, err = app.Connection(account, "bot").Authorize(context.Background(), req)
			}
			sent[n], failed[n] = req.Header.Get("Authorization"), err
		})
	}
	wg.Wait()
	for _, s := range sent {
		if s != sent[0] {
			failed[0] = errors.Join(failed[0], errors.New("two callers have different tokens"))
		}
	}
	return sent[0], errors.Join(failed[:]...)
}
