package runtime

import "net/http"

// Response is what [WithResponse] tells about the last response of a call.
type Response struct {
	StatusCode int // 0 when there was no response.
	Header     http.Header
	RequestID  string // The provider's name for the request, where it is known.
	Attempts   int    // Requests that were sent.
	Body       []byte // As received. It may be changed.
}
