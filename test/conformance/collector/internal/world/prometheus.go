package world

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/container"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/program"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/speed"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

const (
	prometheusToken = "token-of-prometheus"
	instanceLabel   = "app.kubernetes.io/instance"
)

// Prometheus is the rendered self-monitor of the agent.
type Prometheus struct {
	*container.Process
	Workload *golden.Workload
	// Received are the alerts that were sent on.
	Received *AlertReceiver
	// Receivers is to how many places.
	Receivers int

	container *container.Container
	address   string
	client    *http.Client
	scheme    string
	// reader is a client with a certificate for names, or with none; nil without TLS.
	reader func(names ...string) *http.Client
}

// StartPrometheus runs the real program on the rendered config and rules, or returns nil where the scenario has none. edit
// changes files, to show that a check notices.
func (w *World) StartPrometheus(t *testing.T, edit func(file, text string) string) *Prometheus {
	t.Helper()
	workload := w.selfMonitor(t)
	if workload == nil {
		return nil
	}
	w.addServices(t)
	pod := container.Pod{Name: workload.Name + "-0", IP: w.address(), Node: w.nodes[0].name, NodeIP: w.nodes[0].ip}
	built, err := container.Build(workload, t.TempDir(), pod, w.authority)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := workload.Rules()
	if err != nil {
		t.Fatal(err)
	}
	w.API.Account(prometheusToken, workload.Pod.ServiceAccountName, rules)
	p := &Prometheus{
		Workload: workload, Received: &AlertReceiver{}, container: built, address: net.JoinHostPort(pod.IP, "9090"),
	}
	p.secure(t, w.authority)
	w.writeConfigs(t, p, edit)
	w.furnish(t, built, pod.IP, prometheusToken)
	p.Process = built.Start(t, program.Path("prometheus"), arguments(workload.Container.Args, pod.IP), w.inCluster()...)
	Eventually(t, 30*time.Second, "Prometheus is ready", func() bool {
		if p.Exited() {
			t.Fatalf("Prometheus ended:\n%s", strings.Join(p.Log(), "\n"))
		}
		return p.ready(t)
	})
	return p
}

// ready asks as the kubelet does; a command is only run once there is somebody to answer.
func (p *Prometheus) ready(t *testing.T) bool {
	t.Helper()
	probe := p.Workload.Container.ReadinessProbe
	path := "/-/ready"
	if probe.HTTPGet != nil {
		path = probe.HTTPGet.Path
	}
	response, err := p.client.Get(p.scheme + "://" + p.address + path)
	if err != nil {
		return false
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK || probe.Exec == nil {
		return response.StatusCode == http.StatusOK
	}
	command := probe.Exec.Command
	return p.container.Start(t, program.Path(command[0]), command[1:]).Wait(time.Minute) == nil
}

// selfMonitor is the Prometheus of the same instance.
func (w *World) selfMonitor(t *testing.T) *golden.Workload {
	t.Helper()
	all, err := w.Workload.Cluster.Prometheuses()
	if err != nil {
		t.Fatal(err)
	}
	for _, workload := range all {
		if workload.Labels[instanceLabel] == w.Workload.Labels[instanceLabel] {
			return workload
		}
	}
	return nil
}

// writeConfigs shortens all times in config and rules, and gives the alert receivers somewhere to arrive.
func (w *World) writeConfigs(t *testing.T, p *Prometheus, edit func(file, text string) string) {
	t.Helper()
	write := func(file string, faster func(text string) (string, error)) {
		text, err := p.Workload.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if edit != nil {
			text = edit(file, text)
		}
		if text, err = faster(text); err != nil {
			t.Fatal(err)
		}
		if err := p.container.Write(file, text); err != nil {
			t.Fatal(err)
		}
	}
	config := p.config(t)
	for _, file := range tree.Strings(config, "rule_files") {
		write(file, speed.Rules)
	}
	write(p.Workload.ConfigPath, func(text string) (string, error) { return speed.Config(text) })
	if file, ok := p.Workload.Argument("--web.config.file="); ok {
		write(file, func(text string) (string, error) { return text, nil })
	}
	p.Receivers = w.startAlertReceivers(t, config, p.Received)
}

func (p *Prometheus) config(t *testing.T) tree.Map {
	t.Helper()
	text, err := p.Workload.Config()
	if err != nil {
		t.Fatal(err)
	}
	config, err := tree.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// arguments keep several worlds apart that each have a port 9090, and shorten what the config does not say.
func arguments(args []string, ip string) []string {
	const flag = "--web.listen-address=:"
	args = slices.Clone(args)
	for i, arg := range args {
		if port, ok := strings.CutPrefix(arg, flag); ok {
			args[i] = strings.TrimSuffix(flag, ":") + net.JoinHostPort(ip, port)
		}
	}
	return append(args, "--rules.alert.resend-delay="+speed.Of(time.Minute).String())
}
