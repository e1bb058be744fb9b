package judge

import (
	"strings"

	"github.com/porin-dev/porin/golden/corpus/smoke"
)

// items are the documents of an answer that is a stream of them; ok is whether it is one.
func items(a *smoke.Response) (list []any, ok bool, err error) {
	media, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	var texts []string
	switch strings.TrimSpace(media) {
	case "application/x-ndjson":
		texts = strings.Split(string(a.Body), "\n")
	case "text/event-stream":
		for _, line := range strings.Split(string(a.Body), "\n") {
			data, _ := strings.CutPrefix(line, "data:")
			texts = append(texts, data)
		}
	default:
		return nil, false, nil
	}
	for _, text := range texts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		v, err := parse([]byte(text))
		if err != nil {
			return nil, true, err
		}
		list = append(list, v)
	}
	return list, true, nil
}
