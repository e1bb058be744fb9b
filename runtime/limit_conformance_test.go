package runtime_test

import (
	"flag"
	"testing"
	"time"

	rt "github.com/porin-dev/porin/runtime"
	"github.com/porin-dev/porin/runtime/limittest"
)

func TestMemoryLimits(t *testing.T) {
	limittest.Run(t, func(_ *testing.T, clock func() time.Time) func() rt.LimitStore {
		m := &rt.MemoryLimits{Clock: clock}
		return func() rt.LimitStore { return m }
	}, flag.Lookup("virtual-calls").Value.(flag.Getter).Get().(int))
}
