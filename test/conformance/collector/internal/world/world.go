// Package world surrounds a rendered agent with everything it talks to: an API server, two nodes with kubelets and
// applications, the backends, and the rendered Prometheus. Names, addresses and ports are the rendered ones.
package world

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/backend"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/kubeapi"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/kubelet"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sink"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// World of one agent DaemonSet.
type World struct {
	*network
	Workload *golden.Workload
	// Config as it was rendered: from it follows what has to be.
	Config   tree.Map
	API      *kubeapi.Server
	Kubelets []*kubelet.Kubelet
	Apps     []*App
	Agents   []*Agent
	Backends []*Destination

	authority *pki.Authority
	options   Options
	apiHost   string
	nodes     []node
	agentPods []*corev1.Pod
}

// Destination is a backend and the sink that stands for it.
type Destination struct {
	*backend.Backend
	*sink.Sink
}

type node struct{ name, ip string }

const agentToken = "token-of-the-agent"

// Options change what was rendered, to show that a check notices.
type Options struct {
	Edit  func(config tree.Map)
	Rules func(map[string][]rbacv1.PolicyRule)
	// RealTime are the sections of the config whose durations stay as they were rendered.
	RealTime []string
	// MissingAgents is on how many more nodes the DaemonSet should have a pod.
	MissingAgents int
}

// Start builds the world around an agent, and starts one agent per node.
func Start(t *testing.T, workload *golden.Workload, options Options) *World {
	t.Helper()
	text, err := workload.Config()
	if err != nil {
		t.Fatal(err)
	}
	config, err := tree.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	backend.TellApart(config)
	authority, err := pki.New()
	if err != nil {
		t.Fatal(err)
	}
	w := &World{
		network:  newNetwork(strings.Contains(text, "[${env:POD_IP}]")),
		Workload: workload, Config: config, API: kubeapi.New(), authority: authority, options: options,
	}
	w.startAPI(t)
	w.startNodes(t)
	w.startApps(t)
	w.addKubelets()
	w.createAgents(t)
	w.startBackends(t)
	for _, agent := range w.Agents {
		agent.start(t, w)
	}
	return w
}

func (w *World) startAPI(t *testing.T) {
	t.Helper()
	w.apiHost = w.address()
	config, err := w.authority.Server(0, w.apiHost)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, w.apiHost, "443", config, w.API)
	rules, err := w.Workload.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if w.options.Rules != nil {
		w.options.Rules(rules)
	}
	w.API.Account(agentToken, w.Workload.Pod.ServiceAccountName, rules)
}

// inCluster is what the kubelet sets for client libraries.
func (w *World) inCluster() []string {
	return []string{"KUBERNETES_SERVICE_HOST=" + w.apiHost, "KUBERNETES_SERVICE_PORT=443"}
}
