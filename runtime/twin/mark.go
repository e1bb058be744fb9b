package twin

import "context"

type markKey struct{}

// Mark returns a context whose requests in process have the mark in the
// journal, so that a test can tell which of its calls caused an entry. The mark
// is no part of the request.
func Mark(ctx context.Context, mark string) context.Context {
	return context.WithValue(ctx, markKey{}, mark)
}

type meantKey struct{}

// Meant returns a context whose requests in process are for the action, where
// several take the same request and the provider tells them apart by what only
// it knows, such as whether a link is one of a file or of a folder. It is no
// part of the request, and changes nothing where the request is for another
// action.
func Meant(ctx context.Context, action string) context.Context {
	return context.WithValue(ctx, meantKey{}, action)
}

func meantBy(ctx context.Context) string {
	action, _ := ctx.Value(meantKey{}).(string)
	return action
}

func markOf(ctx context.Context) string {
	mark, _ := ctx.Value(markKey{}).(string)
	return mark
}
