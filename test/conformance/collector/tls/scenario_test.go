// Package tls proves who may read a rendered Prometheus that no mesh protects: the real program is asked with every kind of
// certificate, before and after certificates are replaced.
package tls

import (
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/program"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Main(m, program.Build("prometheus", "promtool"))
}

// serverName is the host in the manager's PROMETHEUS_URL.
const serverName = "telemetry-prometheus.telemetry-system.svc"

// scenario is a golden in which Prometheus serves TLS.
type scenario struct {
	golden string
	// own are the Secrets of the user, and the name that the certificate in each is for. The golden asks cert-manager for
	// the others.
	own map[string]string
	// server is the Secret of the server.
	server string
	// readers may read; the first of them is the manager.
	readers []reader
}

// reader is somebody with a certificate.
type reader struct{ who, secret string }

var userSecrets = scenario{
	golden: "prometheus-tls-secrets",
	own: map[string]string{
		"prometheus-server": serverName,
		"prometheus-probe":  "probe.example",
		"manager-client":    "manager.example",
	},
	server:  "prometheus-server",
	readers: []reader{{"the manager", "manager-client"}, {"the probe", "prometheus-probe"}},
}

var certManager = scenario{
	golden: "prometheus-tls-cert-manager",
	own:    map[string]string{"grafana-client": "grafana.monitoring.svc"},
	server: "telemetry-prometheus-server-tls",
	readers: []reader{
		{"the manager", "telemetry-manager-prometheus-tls"},
		{"the probe", "telemetry-prometheus-probe-tls"},
		{"Grafana, whose name is declared,", "grafana-client"},
	},
}

func forEachScenario(t *testing.T, test func(*testing.T, scenario)) {
	t.Helper()
	for _, s := range []scenario{userSecrets, certManager} {
		t.Run(s.golden, func(t *testing.T) { test(t, s) })
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
