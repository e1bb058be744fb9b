package compiler

import (
	"go/token"
	"strings"
	"unicode"
)

// initialisms are written in capitals in Go names. "ids" becomes "IDs".
var initialisms = map[string]string{
	"acl": "ACL", "api": "API", "ascii": "ASCII", "cpu": "CPU", "css": "CSS", "csv": "CSV", "dns": "DNS", "dm": "DM", "eof": "EOF", "gid": "GID",
	"guid": "GUID", "html": "HTML", "http": "HTTP", "https": "HTTPS", "id": "ID", "ids": "IDs", "ip": "IP", "json": "JSON", "jwt": "JWT",
	"mfa": "MFA", "oauth": "OAuth", "os": "OS", "pdf": "PDF", "qps": "QPS", "ram": "RAM", "rpc": "RPC", "rtm": "RTM", "saml": "SAML", "sku": "SKU", "sla": "SLA",
	"smtp": "SMTP", "sms": "SMS", "sql": "SQL", "ssh": "SSH", "sso": "SSO", "tcp": "TCP", "tls": "TLS", "ts": "TS", "ttl": "TTL", "udp": "UDP",
	"ui": "UI", "uid": "UID", "uri": "URI", "url": "URL", "urls": "URLs", "utc": "UTC", "utf8": "UTF8", "uuid": "UUID", "vat": "VAT", "vm": "VM", "xml": "XML",
}

// goName turns a name of the wire into an exported Go identifier:
// url_private -> URLPrivate, postMessage -> PostMessage.
func goName(name string) string {
	var b strings.Builder
	for _, w := range words(name) {
		if up, ok := initialisms[strings.ToLower(w)]; ok {
			b.WriteString(up)
			continue
		}
		r := []rune(w)
		b.WriteString(string(unicode.ToUpper(r[0])) + string(r[1:]))
	}
	s := b.String()
	if !token.IsExported(s) {
		s = "X" + s // It starts with a digit, or in a script without capitals.
	}
	return s
}

// goCode is goName of a provider's code. Of one in capitals the words are written as those of
// any name: BLOB_UNKNOWN -> BlobUnknown, API_DISABLED -> APIDisabled.
func goCode(code string) string {
	if inCapitals(code) {
		code = strings.ToLower(code)
	}
	return goName(code)
}

// inCapitals reports whether a text has letters, and no small one.
func inCapitals(text string) bool {
	return strings.ToUpper(text) == text && strings.ToLower(text) != text
}

// words splits a name at everything that is no letter or digit, and where a
// lower-case letter or the end of an initialism meets a capital.
func words(name string) []string {
	var list []string
	var cur []rune
	flush := func() {
		if len(cur) > 0 {
			list = append(list, string(cur))
			cur = nil
		}
	}
	rs := []rune(name)
	for i, r := range rs {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if unicode.IsUpper(r) && len(cur) > 0 {
			prev := cur[len(cur)-1]
			next := i+1 < len(rs) && unicode.IsLower(rs[i+1])
			if !unicode.IsUpper(prev) || next {
				flush()
			}
		}
		cur = append(cur, r)
	}
	flush()
	return list
}

// singular is the name of one element: Channels -> Channel.
func singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 4:
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(name, "sses"), strings.HasSuffix(name, "xes"), strings.HasSuffix(name, "ches"):
		return name[:len(name)-2]
	case strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss") && !strings.HasSuffix(name, "us") && len(name) > 2:
		return name[:len(name)-1]
	}
	return name + "Item"
}
