package twin

import "context"

type markKey struct{}

// Mark returns a context whose requests in process have the mark in the
// journal, so that a test can tell which of its calls caused an entry. The mark
// is no part of the request.
func Mark(ctx context.Context, mark string) context.Context {
	return context.WithValue(ctx, markKey{}, mark)
}

func markOf(ctx context.Context) string {
	mark, _ := ctx.Value(markKey{}).(string)
	return mark
}
