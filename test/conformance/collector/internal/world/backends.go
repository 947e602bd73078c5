package world

import (
	"crypto/tls"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/backend"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/container"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sink"
)

// literals serializes worlds with a backend that is given by address: names get an address per world, these cannot.
var literals sync.Mutex

func (w *World) startBackends(t *testing.T) {
	t.Helper()
	backends, err := backend.All(w.Config, resolver{w.Agents[0].container})
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(backends, func(b *backend.Backend) bool { return net.ParseIP(b.Host) != nil }) {
		literals.Lock()
		t.Cleanup(literals.Unlock)
	}
	for _, b := range backends {
		started, err := sink.Start(sink.Options{
			Protocol:  b.Protocol,
			Address:   net.JoinHostPort(w.named(b.Host), b.Port),
			Path:      b.Path,
			TLS:       w.serverTLS(t, b.TLS, b.ClientCertificate, b.ServerName),
			Authorize: authorize(b.Headers),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(started.Die)
		w.Backends = append(w.Backends, &Destination{b, started})
		if b.Token != nil {
			serve(t, w.named(b.Token.Host), b.Token.Port, w.serverTLS(t, b.Token.TLS, false, b.Token.Host), b.Token)
		}
	}
}

func (w *World) serverTLS(t *testing.T, wanted, clients bool, host string) *tls.Config {
	t.Helper()
	if !wanted {
		return nil
	}
	mode := tls.NoClientCert
	if clients {
		mode = tls.RequireAndVerifyClientCert
	}
	config, err := w.authority.Server(mode, host)
	if err != nil {
		t.Fatal(err)
	}
	config.NextProtos = []string{"h2", "http/1.1"}
	return config
}

// authorize refuses a request without the credentials that the config promises.
func authorize(expected map[string]string) func(header func(string) []string) bool {
	return func(header func(string) []string) bool {
		for name, value := range expected {
			if got := header(name); len(got) != 1 || got[0] != value {
				return false
			}
		}
		return true
	}
}

// resolver reads as the collector in the container does.
type resolver struct{ *container.Container }

var variable = regexp.MustCompile(`\$\$|\$\{(?:env:)?(\w+)\}`)

func (r resolver) Text(text string) string {
	return variable.ReplaceAllStringFunc(text, func(match string) string {
		if match == "$$" {
			return "$"
		}
		name := variable.FindStringSubmatch(match)[1]
		for _, entry := range r.Env {
			if value, ok := strings.CutPrefix(entry, name+"="); ok {
				return value
			}
		}
		return ""
	})
}

func (r resolver) File(path string) (string, error) { return r.Read(path) }

// Eventually waits until a condition holds.
func Eventually(t *testing.T, patience time.Duration, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func itoa(port int32) string { return strconv.Itoa(int(port)) }
