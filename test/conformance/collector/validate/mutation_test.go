package validate

import (
	"strings"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/otelcollector"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/reference"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// mutation plants one defect into a rendered config.
type mutation struct {
	name   string
	plant  func(config tree.Map)
	report string
}

// unseen are the defects that the collector's own validation lets through.
var unseen = []mutation{
	{"an authenticator that is not defined", func(c tree.Map) {
		some(c, "exporters", "otlp_grpc")["auth"] = tree.Map{"authenticator": "headers_setter/nobody"}
	}, "extension headers_setter/nobody is not defined"},
	{"an authenticator that is not started", func(c tree.Map) {
		define(c, "headers_setter/asleep", tree.Map{"headers": []any{tree.Map{"key": "a", "value": "b"}}}, false)
		some(c, "exporters", "otlp_grpc")["auth"] = tree.Map{"authenticator": "headers_setter/asleep"}
	}, "extension headers_setter/asleep is not in service.extensions"},
	{"a storage that is not defined", func(c tree.Map) {
		tree.At(some(c, "exporters", "otlp_grpc"), "sending_queue")["storage"] = "file_storage/nobody"
	}, "extension file_storage/nobody is not defined"},
	{"a leader elector that is not defined", func(c tree.Map) {
		some(c, "receivers", "k8s_cluster")["k8s_leader_elector"] = "k8s_leader_elector/nobody"
	}, "extension k8s_leader_elector/nobody is not defined"},
	{"a bad certificate text", func(c tree.Map) {
		some(c, "exporters", "otlp_grpc")["tls"] = tree.Map{"ca_pem": "not a certificate"}
	}, "holds no PEM block"},
	{"a bad port of the self-metrics", func(c tree.Map) {
		readers := tree.At(c, "service", "telemetry", "metrics")["readers"].([]any)
		tree.At(readers[0], "pull", "exporter", "prometheus")["port"] = 99999999
	}, "99999999 is no port"},
	{"a malformed URL", func(c tree.Map) {
		some(c, "exporters", "otlp_http")["endpoint"] = "vendor.example:not a url"
	}, "exporters.otlp_http/"},
	{"a scrape authority that no volume provides", func(c tree.Map) {
		scrapeJob(c)["tls_config"] = tree.Map{"ca_file": "/nonexistent/ca.pem"}
	}, "/nonexistent/ca.pem lies in no volume mount"},
	{"a variable in a scrape job that the container does not set", func(c tree.Map) {
		discovery := scrapeJob(c)["kubernetes_sd_configs"].([]any)[0].(tree.Map)
		discovery["selectors"] = []any{tree.Map{"role": "pod", "field": "spec.nodeName=${env:NOT_SET}"}}
	}, "${env:NOT_SET}: not set in the container"},
}

// alsoUnseen are defects of the same kind that the checks name too.
var alsoUnseen = []mutation{
	{"an extension that nobody refers to", func(c tree.Map) {
		define(c, "headers_setter/lonely", tree.Map{"headers": []any{tree.Map{"key": "a", "value": "b"}}}, true)
	}, "extensions.headers_setter/lonely: nothing refers to it"},
	{"a receiver in no pipeline", func(c tree.Map) {
		tree.At(c, "receivers")["otlp"] = tree.Map{"protocols": tree.Map{"grpc": tree.Map{"endpoint": "127.0.0.1:4317"}}}
	}, "receivers.otlp: in no pipeline"},
	{"a file that its volume does not provide", func(c tree.Map) {
		headers := some(c, "extensions", "headers_setter")["headers"].([]any)
		header := headers[0].(tree.Map)
		header["value_file"] = header["value_file"].(string) + "-other"
	}, "provides only"},
	{"a queue directory that is read-only", func(c tree.Map) {
		define(c, "file_storage/queue", tree.Map{"directory": "/etc/metric-agent"}, true)
		tree.At(some(c, "exporters", "otlp_grpc"), "sending_queue")["storage"] = "file_storage/queue"
	}, "which is not writable"},
}

// seen are defects that the collector itself must refuse: the dry run is not a formality.
var seen = []mutation{
	{"an unknown key", func(c tree.Map) { some(c, "exporters", "otlp_grpc")["endpiont"] = "x:1" }, "endpiont"},
	{"an unknown component", func(c tree.Map) { tree.At(c, "receivers")["promtheus"] = tree.Map{} }, "promtheus"},
	{"a pipeline with a processor that is not defined", func(c tree.Map) {
		anyPipeline(c)["processors"] = []any{"filter/nobody"}
	}, "filter/nobody"},
	{"a bad relabelling", func(c tree.Map) {
		scrapeJob(c)["relabel_configs"] = []any{tree.Map{"source_labels": []any{"a"}, "regex": "(", "action": "keep"}}
	}, "missing closing )"},
	{"a bad transformation", func(c tree.Map) {
		tree.At(c, "processors")["transform/bad"] = tree.Map{"metric_statements": []any{`sett(resource.attributes["a"], 1)`}}
		anyPipeline(c)["processors"] = []any{"transform/bad"}
	}, "sett"},
}

func TestTheReferenceChecksFind(t *testing.T) {
	for _, m := range append(unseen, alsoUnseen...) {
		t.Run(m.name, func(t *testing.T) {
			agent, text := mutated(t, m)
			findings, err := reference.Findings(agent, text)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(findings, "\n"), m.report) {
				t.Errorf("want %q, got %q", m.report, findings)
			}
		})
	}
}

// These are why the reference checks exist: when the collector learns to refuse one, the check for it can go.
func TestTheCollectorItselfDoesNotSee(t *testing.T) {
	for _, m := range unseen {
		t.Run(m.name, func(t *testing.T) {
			agent, text := mutated(t, m)
			if err := otelcollector.Validate(t.Context(), runnable(t, agent, text)); err != nil {
				t.Errorf("it does now: %v", err)
			}
		})
	}
}

func TestTheCollectorRefuses(t *testing.T) {
	for _, m := range seen {
		t.Run(m.name, func(t *testing.T) {
			agent, text := mutated(t, m)
			err := otelcollector.Validate(t.Context(), runnable(t, agent, text))
			if err == nil || !strings.Contains(err.Error(), m.report) {
				t.Errorf("want %q, got %v", m.report, err)
			}
		})
	}
}

func TestADeprecatedNameIsFound(t *testing.T) {
	agent := platform(t)
	text := strings.ReplaceAll(config(t, agent), "k8s_attributes", "k8sattributes")
	names, err := otelcollector.DeprecatedNames(t.Context(), runnable(t, agent, text))
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Error("the old name of k8s_attributes went unnoticed")
	}
}

func mutated(t *testing.T, m mutation) (*golden.Workload, string) {
	t.Helper()
	agent := platform(t)
	parsed, err := tree.Parse(config(t, agent))
	if err != nil {
		t.Fatal(err)
	}
	m.plant(parsed)
	text, err := tree.Text(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return agent, text
}

// platform is the agent of the example with every protocol and every input.
func platform(t *testing.T) *golden.Workload {
	t.Helper()
	cluster, err := golden.Scenario("example-platform")
	if err != nil {
		t.Fatal(err)
	}
	agents, err := cluster.Agents()
	if err != nil || len(agents) != 1 {
		t.Fatalf("want one agent, got %d: %v", len(agents), err)
	}
	return agents[0]
}

// some is the first component of a type.
func some(config tree.Map, section, kind string) tree.Map {
	components := tree.At(config, section)
	for _, id := range tree.Keys(components) {
		if base, _, _ := strings.Cut(id, "/"); base == kind {
			return tree.At(components, id)
		}
	}
	panic("no " + kind + " in " + section)
}

func define(config tree.Map, id string, extension tree.Map, start bool) {
	tree.At(config, "extensions")[id] = extension
	if start {
		service := tree.At(config, "service")
		service["extensions"] = append(service["extensions"].([]any), id)
	}
}

func scrapeJob(config tree.Map) tree.Map {
	jobs := tree.At(some(config, "receivers", "prometheus"), "config")["scrape_configs"].([]any)
	return jobs[0].(tree.Map)
}

func anyPipeline(config tree.Map) tree.Map {
	pipelines := tree.At(config, "service", "pipelines")
	return tree.At(pipelines, tree.Keys(pipelines)[0])
}
