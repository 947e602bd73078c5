// Package program builds the real Prometheus and promtool from the module graph that the collector comes from.
package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	module = "github.com/prometheus/prometheus/cmd/"
	tags   = "remove_all_sd,enable_kubernetes_sd"
)

// Variable holds the directory with the programs.
const variable = "CONFORMANCE_PROGRAMS"

// Build puts programs into a directory and returns the variable by which Path finds them. It belongs outside the sandbox,
// where the module cache is.
func Build(names ...string) func(dir string) ([]string, error) {
	return func(dir string) ([]string, error) {
		for _, name := range names {
			build := exec.Command("go", "build", "-mod=mod", "-trimpath", "-tags="+tags, "-ldflags=-s -w", "-o", filepath.Join(dir, name), module+name)
			build.Env = append(os.Environ(), "CGO_ENABLED=0")
			if output, err := build.CombinedOutput(); err != nil {
				return nil, fmt.Errorf("go build %s: %w\n%s", name, err, output)
			}
		}
		return []string{variable + "=" + dir}, nil
	}
}

// Path of a program that was built.
func Path(name string) string {
	return filepath.Join(os.Getenv(variable), name)
}
