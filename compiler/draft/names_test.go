package draft

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// namedDocuments are documents whose names are held against the rules: ids in camel,
// snake and dotted case, with and without tags, and none at all.
var namedDocuments = []string{
	"petstore-v3", "docker-engine", "twilio-messaging", "discord", "gitea", "google-calendar", "github",
	"hubspot-crm-contacts", "magento", "telegram-bot", "xero-accounting", "zoom", "aws-sqs", "meilisearch",
}

func namedDocument(t *testing.T, file string) *document {
	t.Helper()
	doc, err := read(Options{Document: corpus(t, file)})
	require.NoError(t, err)
	return doc
}

// nameIn names operations as if they were the whole document.
func nameIn(doc *document, ops []*operation) {
	c := *doc
	c.ops = ops
	newDrafter(&c, Options{}).nameActions()
}

// TestNamesDoNotStutter holds that no action says the name of its group again,
// and that names are short. There is no list of exceptions.
func TestNamesDoNotStutter(t *testing.T) {
	const most = 10 // words, groups and all
	for _, file := range namedDocuments {
		doc := namedDocument(t, file)
		nameIn(doc, doc.ops)
		seen := map[string]bool{}
		for _, op := range doc.ops {
			last := len(op.name) - 1
			require.NotEmpty(t, op.name, op.path)
			require.False(t, seen[nameKey(op.name...)], "%s: two are %s", file, op.dotted())
			seen[nameKey(op.name...)] = true
			require.LessOrEqual(t, len(op.name), 2+groupLimit, op.dotted())
			if strings.Contains(op.id, ".") || last == 0 {
				continue
			}
			list, noun := words(op.name[last]), words(op.name[last-1])
			require.LessOrEqual(t, len(list), most, op.dotted())
			for i := 0; i+len(noun) <= len(list); i++ {
				stutters := sameWords(list[i:i+len(noun)], noun)
				require.False(t, stutters, "%s: %s says its group again", file, op.dotted())
			}
		}
	}
}

// TestNamesStay takes each operation out of a document: the names of the
// others stay, unless the one that went had the name that another wanted.
func TestNamesStay(t *testing.T) {
	for _, file := range []string{"petstore-v3", "docker-engine", "google-calendar", "twilio-messaging"} {
		doc := namedDocument(t, file)
		nameIn(doc, doc.ops)
		whole := map[*operation]string{}
		for _, op := range doc.ops {
			whole[op] = op.dotted()
		}
		changed, clashes := 0, 0
		for i, gone := range doc.ops {
			rest := slices.Delete(slices.Clone(doc.ops), i, i+1)
			nameIn(doc, rest)
			for _, op := range rest {
				switch {
				case op.dotted() == whole[op]:
				case related(op, gone):
					clashes++
				default:
					changed++
					t.Logf("%s: without %s %s, %s becomes %s", file, gone.method, gone.path, whole[op], op.dotted())
				}
			}
		}
		pairs := len(doc.ops) * (len(doc.ops) - 1)
		t.Logf("%s: of %d pairs %d change with a clash, %d without", file, pairs, clashes, changed)
		require.Zero(t, changed, file)
	}
}

// related reports whether two operations are about one place: the nouns of
// one path begin with those of the other.
func related(a, b *operation) bool {
	param := func(p part) bool { return p.param }
	x, y := slices.DeleteFunc(partsOf(a.path), param), slices.DeleteFunc(partsOf(b.path), param)
	n := min(len(x), len(y))
	return slices.Equal(x[:n], y[:n])
}
