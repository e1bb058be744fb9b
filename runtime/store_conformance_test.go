package runtime_test

import (
	"testing"

	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/storetest"
)

func TestMemoryStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) func() rt.TokenStore {
		s := rt.NewMemoryStore()
		return func() rt.TokenStore { return s }
	})
}
