package twin

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// guard keeps other sites' pages, in the browser of whoever runs a twin, from steering it:
// what they send is refused with 403, and under a name of their own, which they could have
// lead here, with 421. Good names are loopback and the hosts; "*" among them is any address
// in numbers, which no one else can have lead here.
func guard(control http.Handler, hosts []string) http.Handler {
	inner := http.NewCrossOriginProtection()
	inner.SetDenyHandler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		http.Error(rw, "this request comes from the page of another site; a twin is steered from its own page, "+ControlPath+", or by programs, which send no Origin", http.StatusForbidden)
	}))
	control = inner.Handler(control)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		name := hostname(r.Host)
		if !steeredAs(name, hosts) {
			http.Error(rw, fmt.Sprintf("a twin is steered as localhost or 127.0.0.1, or at the host of --addr, and not as %q, which anybody's page could have lead here; porin twin --host NAME allows a further name (Hosts of twin.Options)", name), http.StatusMisdirectedRequest)
			return
		}
		rw.Header().Set("Content-Security-Policy", "frame-ancestors 'self'") // No click in a frame of another site.
		control.ServeHTTP(rw, r)
	})
}

// steeredAs reports whether a twin is steered under a name.
func steeredAs(name string, hosts []string) bool {
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && (ip.IsLoopback() || slices.Contains(hosts, "*")) ||
		name != "*" && slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, name) })
}

// hostname is a host without its port, and an address of IPv6 without brackets.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// listened are the names that an address to listen on gives a server: its host, or any
// address in numbers where it is all that the machine has.
func listened(addr string) string {
	name := hostname(addr)
	if ip := net.ParseIP(name); name == "" || ip != nil && ip.IsUnspecified() {
		return "*"
	}
	return name
}
