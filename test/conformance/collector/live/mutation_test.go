package live

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/alert"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sink"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/speed"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/world"
)

// mutation breaks one thing in the rendered config of example-platform, and a check has to notice.
type mutation struct {
	name    string
	options world.Options
	happen  func(w *world.World)
	check   func(w *world.World) []string
	notice  string
}

var mutations = []mutation{
	{
		name: "pods whose resource is not written as labels",
		options: edit(func(config tree.Map) {
			delete(exporter(config, sink.RemoteWrite), "resource_to_telemetry_conversion")
		}),
		check: arrivals, notice: "one series for two pods",
	},
	{
		name: "points that take two ways",
		options: edit(func(config tree.Map) {
			pipelines := tree.At(config, "service", "pipelines")
			for _, id := range tree.Keys(pipelines) {
				pipelines[id+"-again"] = pipelines[id]
			}
		}),
		check: arrivals, notice: "2 times",
	},
	{
		name: "an outage without retries",
		options: edit(func(config tree.Map) {
			exporter(config, sink.OTLPGRPC)["retry_on_failure"] = tree.Map{"enabled": false}
		}),
		happen: func(w *world.World) {
			w.Backends[0].Refuse(true)
			time.Sleep(speed.Of(90 * time.Second))
			w.Backends[0].Refuse(false)
		},
		check: arrivals, notice: "lost: ",
	},
	{
		name:    "a request without its credential",
		options: edit(func(config tree.Map) { delete(exporter(config, sink.OTLPHTTP), "auth") }),
		check:   arrivals, notice: "otlp_http/vendor: lost: ",
	},
	{
		name: "a metric that is filtered out",
		options: edit(func(config tree.Map) {
			tree.At(config, "processors")["filter/mutant"] = tree.Map{"metric_conditions": []any{`metric.name == "app_level"`}}
			pipelines := tree.At(config, "service", "pipelines")
			for _, id := range tree.Keys(pipelines) {
				processors, _ := tree.At(pipelines, id)["processors"].([]any)
				tree.At(pipelines, id)["processors"] = append(processors, "filter/mutant")
			}
		}),
		check: arrivals, notice: "app_level",
	},
	{
		name: "a job that exists twice",
		options: edit(func(config tree.Map) {
			receivers := tree.At(config, "receivers")
			for _, id := range tree.Keys(receivers) {
				if scrape := tree.At(receivers, id, "config"); scrape != nil {
					jobs := scrape["scrape_configs"].([]any)
					again := maps.Clone(jobs[0].(tree.Map))
					again["job_name"] = "again"
					scrape["scrape_configs"] = append(jobs, again)
				}
			}
		}),
		check: (*world.World).ScrapeFindings, notice: " times in ",
	},
	{
		name: "an annotated pod of an annotated Service without precedence",
		options: edit(func(config tree.Map) {
			withoutRelabelling(config, "dropequal")
		}),
		check: (*world.World).ScrapeFindings, notice: "/both was scraped ",
	},
	{
		name: "states of the leader's own pods with more attributes",
		options: edit(func(config tree.Map) {
			objects := tree.At(config, "service", "pipelines", "metrics/objects")
			objects["processors"] = append(objects["processors"].([]any), "k8s_attributes")
		}),
		check: atBackends((*world.World).StateFindings), notice: "only pods of ",
	},
	{
		name: "the container of a target that shares its address",
		options: edit(func(config tree.Map) {
			transform := tree.At(config, "processors", "transform/resource")
			transform["metric_statements"] = slices.DeleteFunc(transform["metric_statements"].([]any), func(statement any) bool {
				return strings.Contains(statement.(string), "k8s.container.name")
			})
		}),
		check: atBackends((*world.World).ContainerFindings), notice: " is said to be migrate",
	},
	{
		name: "an old name",
		options: edit(func(config tree.Map) {
			processors := tree.At(config, "processors")
			processors["k8sattributes"] = processors["k8s_attributes"]
			delete(processors, "k8s_attributes")
			tree.Edit(config["service"], func(_, text string) string {
				return strings.Replace(text, "k8s_attributes", "k8sattributes", 1)
			})
		}),
		check: complaints, notice: "deprecated",
	},
	{
		name: "a missing rule",
		options: world.Options{Rules: func(rules map[string][]rbacv1.PolicyRule) {
			rules[""] = slices.DeleteFunc(rules[""], func(rule rbacv1.PolicyRule) bool { return slices.Contains(rule.Resources, "services") })
		}},
		check: func(w *world.World) []string { return w.API.Denied() }, notice: "may not list services",
	},
}

func TestTheChecksNotice(t *testing.T) {
	t.Parallel()
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			w := world.Start(t, platform(t), m.options)
			time.Sleep(scrapes * w.Interval())
			if m.happen != nil {
				m.happen(w)
			}
			deadline := time.Now().Add(patience)
			for !noticed(m.check(w), m.notice) {
				if time.Now().After(deadline) {
					t.Fatalf("nobody noticed; got %q", m.check(w))
				}
				time.Sleep(200 * time.Millisecond)
			}
		})
	}
}

func TestAReaderWhoIsNotNamedIsFound(t *testing.T) {
	t.Parallel()
	w := world.Start(t, scenario(t, "prometheus-tls-cert-manager"), world.Options{})
	prometheus := w.StartPrometheus(t, func(_, text string) string {
		before, _, _ := strings.Cut(text, "  client_allowed_sans:")
		return before
	})
	if findings := prometheus.ReaderFindings(t); !noticed(findings, "another certificate may read") {
		t.Errorf("got %q", findings)
	}
}

func TestAMetricThatDoesNotExistIsFound(t *testing.T) {
	rules, err := alert.Parse(`groups: [{name: g, rules: [{alert: A, expr: "sum by (backend) (no_such_metric) > 0"}]}]`)
	if err != nil {
		t.Fatal(err)
	}
	evidence := newEvidence()
	evidence.add(rules[0], "no_such_metric{}", nil)
	if missing := evidence.missing(); len(missing) != 2 {
		t.Errorf("want the metric and the label, got %q", missing)
	}
	evidence.add(rules[0], "no_such_metric{}", []map[string]string{{"backend": "x"}})
	if missing := evidence.missing(); len(missing) != 0 {
		t.Errorf("got %q", missing)
	}
}

// arrivals are the findings of points that were served a while ago.
func arrivals(w *world.World) []string {
	served, summaries := w.Served(), w.Summaries()
	time.Sleep(time.Second)
	var findings []string
	for _, backend := range w.Backends {
		for _, parity := range []world.Parity{w.Parity(backend, served), w.RuntimeParity(backend, summaries)} {
			for _, finding := range parity.Findings {
				findings = append(findings, backend.Exporter+": "+finding)
			}
		}
	}
	return findings
}

func atBackends(check func(*world.World, *world.Destination) []string) func(*world.World) []string {
	return func(w *world.World) []string {
		var findings []string
		for _, backend := range w.Backends {
			findings = append(findings, check(w, backend)...)
		}
		return findings
	}
}

func noticed(findings []string, notice string) bool {
	return slices.ContainsFunc(findings, func(finding string) bool { return strings.Contains(finding, notice) })
}

func edit(change func(tree.Map)) world.Options { return world.Options{Edit: change} }

// exporter is the first of a protocol.
func exporter(config tree.Map, protocol sink.Protocol) tree.Map {
	exporters := tree.At(config, "exporters")
	for _, id := range tree.Keys(exporters) {
		if strings.HasPrefix(id, string(protocol)+"/") {
			return tree.At(exporters, id)
		}
	}
	panic("no exporter " + protocol)
}

func withoutRelabelling(config tree.Map, action string) {
	receivers := tree.At(config, "receivers")
	for _, id := range tree.Keys(receivers) {
		jobs, _ := tree.At(receivers, id, "config")["scrape_configs"].([]any)
		for _, job := range jobs {
			steps, _ := job.(tree.Map)["relabel_configs"].([]any)
			job.(tree.Map)["relabel_configs"] = slices.DeleteFunc(steps, func(step any) bool {
				return tree.String(step, "action") == action
			})
		}
	}
}
