// Package require turns what a machine lacks into a visible skip, or into a failure where everything has to run.
package require

import (
	"os"
	"os/exec"
	"testing"
)

// everything is the variable that makes a skip a failure.
const everything = "CONFORMANCE_REQUIRE_ALL"

// Root is needed to make network namespaces and to change users.
func Root(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "root is needed for network namespaces")
	}
}

// Command is a program on the PATH.
func Command(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			missing(t, "%s is not installed", name)
		}
	}
}

// Envoy is the path of an Envoy binary.
func Envoy(t testing.TB) string {
	t.Helper()
	path := os.Getenv("ENVOY_BIN")
	if path == "" {
		missing(t, "ENVOY_BIN does not name an Envoy binary")
	}
	if _, err := exec.LookPath(path); err != nil {
		missing(t, "ENVOY_BIN: %v", err)
	}
	return path
}

func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv(everything) == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
