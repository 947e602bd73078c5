// The collector of the conformance tests as a program of its own.
package main

import (
	"fmt"
	"net/http"
	_ "net/http/pprof" // Where CPU and memory go, on request.
	"os"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/otelcollector"
)

func main() {
	if address := os.Getenv("BENCH_PPROF"); address != "" {
		go func() { fmt.Fprintln(os.Stderr, http.ListenAndServe(address, nil)) }()
	}
	if err := otelcollector.Main(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
