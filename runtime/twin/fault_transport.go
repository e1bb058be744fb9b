package twin

import (
	"bytes"
	"net/http"
)

// bombMember is how much one member of a gzip bomb unpacks to.
const bombMember = 1 << 20

func transportFaults() []*definition {
	cutParam := param("at", "50", "share of the body that arrives, in percent; of a long list, of its items")
	return []*definition{
		define("transport/refuse", StageArrival, "no connection is accepted; nothing takes effect", func(x *exchange, _ *Armed) bool {
			x.out.wire.refuse, x.answer = true, nothing()
			return true
		}),
		define("transport/reset-before-headers", StageArrival, "the connection is reset before the request is handled; nothing takes effect", func(x *exchange, _ *Armed) bool {
			x.out.wire.reset, x.answer = true, nothing()
			return true
		}),
		define("transport/hang-before-headers", StageArrival, "nothing comes back until the client gives up; nothing takes effect", func(x *exchange, _ *Armed) bool {
			x.out.wire.hang, x.answer = true, nothing()
			return true
		}),
		define("transport/slow", StageWire, "the answer comes late", func(x *exchange, a *Armed) bool {
			x.out.wire.delay = a.span("delay")
			return true
		}, param("delay", "2s", "time before the headers")),
		define("transport/reset-mid-body", StageWire, "the connection is reset in the middle of the body", cut(cutReset), cutParam),
		define("transport/hang-mid-body", StageWire, "the body stops coming in the middle", cut(cutHang), cutParam),
		define("transport/truncated-body", StageWire, "the connection ends in the middle of the body, short of its stated length", cut(cutEnd), cutParam),
		define("transport/wrong-length", StageWire, "the stated length is shorter than the body", func(x *exchange, a *Armed) bool {
			n := x.out.size() * int64(a.number("at")) / 100
			x.out.wire.length = &n
			return x.out.size() > 1
		}, param("at", "90", "stated share of the body, in percent")),
		define("transport/dribble", StageWire, "the body comes a few bytes at a time", func(x *exchange, a *Armed) bool {
			x.out.wire.chunk, x.out.wire.every = max(1, a.number("bytes")), a.span("every")
			if most := int64(a.span("within") / max(x.out.wire.every, 1)); most > 0 && x.out.size()/int64(x.out.wire.chunk) > most {
				x.out.wire.chunk = int(x.out.size() / most)
			}
			return x.out.rest != nil || len(x.out.body) > x.out.wire.chunk
		}, param("bytes", "16", "bytes at a time"), param("every", "100ms", "time between two"), param("within", "30s", "time for all of it; more comes at a time where it has to")),
		define("transport/gzip-garbage", StageBody, "the body says gzip and is not", func(x *exchange, a *Armed) bool {
			x.out.header.Set("Content-Encoding", "gzip")
			x.out.replace([]byte("\x1f\x8b\x08\x00 this is not a deflate stream " + a.rng.hex(32)))
			return true
		}),
		define("transport/gzip-bomb", StageBody, "a small gzip body unpacks to a huge document of white space", func(x *exchange, a *Armed) bool {
			x.out.header.Set("Content-Encoding", "gzip")
			x.out.replace(bomb(max(1, a.number("mib"))))
			return true
		}, param("mib", "256", "unpacked size in MiB")),
		define("transport/redirect-loop", StageBefore, "the answer redirects to the same address, for ever", func(x *exchange, a *Armed) bool {
			x.answer = redirect(a.number("status"), x.q.origin+x.q.url.RequestURI())
			return true
		}, param("status", "307", "status of the redirect")),
		define("transport/redirect-foreign", StageBefore, "the answer redirects to another origin", func(x *exchange, a *Armed) bool {
			uri := x.q.url.RequestURI()
			if x.q.served {
				uri = foreignPath + uri[1:]
			}
			x.answer = redirect(a.number("status"), x.foreignOrigin()+uri)
			return true
		}, param("status", "307", "status of the redirect")),
	}
}

// nothing is the answer of a request that gets none.
func nothing() *answer { return &answer{header: http.Header{}} }

func redirect(status int, to string) *answer {
	a := &answer{status: status, header: http.Header{}}
	a.header.Set("Location", to)
	return a
}

func cut(how cutHow) func(*exchange, *Armed) bool {
	return func(x *exchange, a *Armed) bool {
		if x.out.rest != nil { // Its length is not known, but how many items it has.
			x.out.wire.cut = how
			x.out.rest.cut(a.number("at"))
			return true
		}
		if len(x.out.body) < 2 {
			return false
		}
		x.out.wire.cut = how
		x.out.wire.at = min(len(x.out.body)-1, len(x.out.body)*a.number("at")/100)
		return true
	}
}

// bomb is a gzip stream of many equal members (RFC 1952, 2.2), so that making it
// costs the compression of one.
func bomb(members int) []byte {
	return bytes.Repeat(zipped(bytes.Repeat([]byte{' '}, bombMember)), members)
}
