//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package filestore

import (
	"context"
	"errors"
	"fmt"
)

func (*Store) lock(context.Context, string) (unlock func(), err error) {
	return nil, fmt.Errorf("filestore: locks between processes: %w", errors.ErrUnsupported)
}
