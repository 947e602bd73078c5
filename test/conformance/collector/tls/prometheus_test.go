package tls

import (
	"strings"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/container"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/program"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sandbox"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/speed"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

const (
	patience = 30 * time.Second
	podIP    = "10.0.0.10"
)

// prometheus is the rendered container, and the authority that all who take part trust at first.
type prometheus struct {
	*container.Process
	scenario
	workload  *golden.Workload
	container *container.Container
	authority *pki.Authority
}

// build furnishes the container, and does not start it yet.
func build(t *testing.T, s scenario) *prometheus {
	t.Helper()
	cluster, err := golden.Scenario(s.golden)
	must(t, err)
	workloads, err := cluster.Prometheuses()
	if err != nil || len(workloads) != 1 {
		t.Fatalf("want one Prometheus, got %d: %v", len(workloads), err)
	}
	p := &prometheus{scenario: s, workload: workloads[0], authority: newAuthority(t)}
	p.container, err = container.Build(p.workload, t.TempDir(), container.Pod{Name: "prometheus-0", IP: podIP}, p.authority)
	must(t, err)
	must(t, sandbox.ServiceAccount(p.container.Root, "token", p.workload.Namespace, p.authority.PEM))
	p.write(t, "/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")
	p.rewrite(t, p.workload.ConfigPath, func(text string) (string, error) { return speed.Config(text) })
	for _, volume := range p.secrets() {
		p.project(t, volume, p.authority.PEM, p.issue(t, p.authority, volume.secret.SecretName))
	}
	return p
}

// start Prometheus as it was rendered, or with a change that shows that a row notices.
func start(t *testing.T, s scenario, change func(*testing.T, *prometheus)) *prometheus {
	t.Helper()
	p := build(t, s)
	if change != nil {
		change(t, p)
	}
	p.run(t)
	p.await(t)
	return p
}

// await that Prometheus answers the manager.
func (p *prometheus) await(t *testing.T) {
	t.Helper()
	manager, deadline := p.as(t, p.manager()), time.Now().Add(patience)
	for answer := p.dial(manager); answer != admitted; answer = p.dial(manager) {
		if p.Exited() || time.Now().After(deadline) {
			t.Fatalf("Prometheus does not answer: %s\n%s", answer, strings.Join(p.Log(), "\n"))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// run starts the program with the arguments as they were rendered. The API server is not there: nobody is discovered.
func (p *prometheus) run(t *testing.T) {
	t.Helper()
	p.Process = p.container.Start(t, program.Path("prometheus"), p.workload.Container.Args,
		"KUBERNETES_SERVICE_HOST=10.0.0.1", "KUBERNETES_SERVICE_PORT=443")
}

// edit changes a rendered YAML file of the container.
func (p *prometheus) edit(t *testing.T, file string, change func(tree.Map)) {
	t.Helper()
	p.rewrite(t, file, func(text string) (string, error) {
		config, err := tree.Parse(text)
		if err != nil {
			return "", err
		}
		change(config)
		return tree.Text(config)
	})
}

func (p *prometheus) rewrite(t *testing.T, file string, change func(text string) (string, error)) {
	t.Helper()
	text, err := p.container.Read(file)
	must(t, err)
	if text, err = change(text); err != nil {
		t.Fatal(err)
	}
	p.write(t, file, text)
}

func (p *prometheus) write(t *testing.T, file, text string) {
	t.Helper()
	must(t, p.container.Write(file, text))
}
