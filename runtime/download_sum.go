package runtime

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"net/http"
	"strings"
)

// checksum is what the provider says of the bytes of a file.
type checksum struct {
	hash hash.Hash
	want []byte
}

// checksumOf reads the best checksum of a response; nil is none that is known. Of a
// part of a file it is that of the part, and not that of the whole.
func checksumOf(h http.Header, part bool) *checksum {
	told := map[string][]byte{}
	names := []string{"Digest", "Repr-Digest", "Content-Digest"}
	if part {
		names = names[2:]
	}
	for _, name := range names {
		for _, value := range h.Values(name) {
			for member := range strings.SplitSeq(value, ",") {
				algorithm, text, _ := strings.Cut(strings.TrimSpace(member), "=")
				text, _, _ = strings.Cut(text, ";")
				if sum, err := base64.StdEncoding.DecodeString(strings.Trim(strings.TrimSpace(text), ":")); err == nil {
					told[strings.ToLower(algorithm)] = sum
				}
			}
		}
	}
	if sum, err := base64.StdEncoding.DecodeString(strings.TrimSpace(h.Get("Content-MD5"))); err == nil && !part {
		told["md5"] = sum
	}
	for _, known := range [...]struct {
		algorithm string
		hash      func() hash.Hash
	}{{"sha-512", sha512.New}, {"sha-256", sha256.New}, {"md5", md5.New}} {
		if sum := (&checksum{known.hash(), told[known.algorithm]}); len(sum.want) == sum.hash.Size() {
			return sum
		}
	}
	return nil
}
