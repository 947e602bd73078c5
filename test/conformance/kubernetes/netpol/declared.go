package netpol

import "example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"

// reader is somebody the author of a scenario lets read a part's metrics. Its pods belong to the fixed cast.
type reader struct {
	of        goldens.Role
	namespace string
	pods      string
}

// declaredReaders repeats what test/scenarios.ts declares: no manifest but the policy under test says it. Whoever adds
// `readers` or `addMetricsReader` to a scenario adds a line here.
var declaredReaders = map[string][]reader{
	"agent-alone":                 {{goldens.Agent, "monitoring", "prometheus"}},
	"example-extend":              {{goldens.Prometheus, "monitoring", "grafana"}},
	"example-plus-interop":        {{goldens.Prometheus, "monitoring", "grafana"}},
	"prometheus-dashboard":        {{goldens.Prometheus, "monitoring", "grafana"}},
	"prometheus-persistent":       {{goldens.Prometheus, "monitoring", "grafana"}},
	"prometheus-tls-cert-manager": {{goldens.Prometheus, "monitoring", "grafana"}},
}

// declaredReceivers are the namespaces of the Alertmanagers that a scenario names.
var declaredReceivers = map[string]string{
	"prometheus-tls-secrets": "monitoring",
}

// Ports our parts listen on, as far as no configuration names them.
const (
	agentHealth    = 13133
	prometheusHTTP = 9090
	webhookName    = "http-webhook"
	admissionName  = "https-admission"
)
