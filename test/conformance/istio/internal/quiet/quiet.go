// Package quiet silences Istio's own logs. Programs that a test starts keep theirs: they are shown when they fail.
package quiet

import (
	"sync"

	"istio.io/istio/pkg/log"
)

// Istio is called when all of Istio's packages are initialized: a log scope that comes later is not silenced.
var Istio = sync.OnceFunc(func() {
	options := log.DefaultOptions()
	options.SetDefaultOutputLevel(log.OverrideScopeName, log.NoneLevel)
	if err := log.Configure(options); err != nil {
		panic(err)
	}
})
