package sqlstore

import (
	"fmt"
	"strings"
)

// Dialect is what databases do not agree on.
type Dialect struct {
	now   string // Milliseconds since 1970, the same throughout a statement.
	place string // Before the number of a parameter.
}

// The databases.
var (
	PostgreSQL = Dialect{now: "(extract(epoch from statement_timestamp()) * 1000)::bigint", place: "$"}
	SQLite     = Dialect{now: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)", place: "?"}
)

// Schema returns the statement that makes the table unless it is there. A row
// is a token by its connector, its account and its name in the connector. A
// version of 0 is that of a row which only holds a lease; times are
// milliseconds since 1970 by the database's clock.
func (Dialect) Schema() string {
	return `CREATE TABLE IF NOT EXISTS porin_tokens (
	connector    text   NOT NULL,
	account      text   NOT NULL,
	name         text   NOT NULL,
	version      bigint NOT NULL,
	token        text   NOT NULL,
	lease_holder text,
	lease_since  bigint,
	lease_until  bigint,
	PRIMARY KEY (connector, account, name)
)`
}

// statements are the SQL of a store. Each changes one row, or none when the
// row is not as it should be.
type statements struct {
	load, version, insert, update, reserve, lease, release string
}

// The columns of a lease as they are when there is none.
const noLease = "lease_holder = NULL, lease_since = NULL, lease_until = NULL"

func (d Dialect) statements() statements {
	const row = "connector = $1 AND account = $2 AND name = $3"
	return statements{
		load:    d.sql("SELECT token, version FROM porin_tokens WHERE " + row),
		version: d.sql("SELECT version FROM porin_tokens WHERE " + row),
		insert: d.sql(`INSERT INTO porin_tokens (connector, account, name, version, token) VALUES ($1, $2, $3, 1, $4)
			ON CONFLICT (connector, account, name) DO UPDATE SET version = 1, token = excluded.token, ` + noLease + ` WHERE porin_tokens.version = 0`),
		update: d.sql("UPDATE porin_tokens SET version = version + 1, token = $4, " + noLease + " WHERE " + row + " AND version = $5"),
		reserve: d.sql(`INSERT INTO porin_tokens (connector, account, name, version, token) VALUES ($1, $2, $3, 0, '')
			ON CONFLICT (connector, account, name) DO NOTHING`),
		// The time since the first lease that nobody ended is 0 when there was none.
		lease: d.sql(fmt.Sprintf(`UPDATE porin_tokens SET lease_holder = $5, lease_since = coalesce(lease_since, %[1]s), lease_until = %[1]s + $6
			WHERE %[2]s AND version = $4 AND (lease_until IS NULL OR lease_until <= %[1]s)
			RETURNING %[1]s - lease_since`, d.now, row)),
		release: d.sql("UPDATE porin_tokens SET " + noLease + " WHERE " + row + " AND lease_holder = $4"),
	}
}

// sql is a statement with the database's parameters.
func (d Dialect) sql(text string) string { return strings.ReplaceAll(text, "$", d.place) }
