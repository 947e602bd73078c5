package world

import (
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/container"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sandbox"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/speed"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Agent is the collector of one node.
type Agent struct {
	*container.Process
	Node      string
	IP        string
	Started   time.Time
	container *container.Container
}

// createAgents fills the containers; starting them has to wait until their backends have addresses.
func (w *World) createAgents(t *testing.T) {
	w.add(t, "DaemonSet", &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: w.Workload.Namespace, Name: w.Workload.Name, UID: uid("daemonset", w.Workload.Name),
		},
		Spec: appsv1.DaemonSetSpec{Selector: &metav1.LabelSelector{MatchLabels: w.Workload.Labels}},
		Status: appsv1.DaemonSetStatus{
			DesiredNumberScheduled: int32(len(w.nodes) + w.options.MissingAgents),
			CurrentNumberScheduled: int32(len(w.nodes)), NumberReady: int32(len(w.nodes)),
		},
	})
	for _, node := range w.nodes {
		pod := container.Pod{
			Name: w.Workload.Name + "-" + strings.TrimPrefix(node.name, "node-"),
			IP:   w.address(), Node: node.name, NodeIP: node.ip,
		}
		built, err := container.Build(w.Workload, t.TempDir(), pod, w.authority)
		if err != nil {
			t.Fatal(err)
		}
		w.Agents = append(w.Agents, &Agent{Node: node.name, IP: pod.IP, container: built})
		object := workloadPod(w.Workload, pod)
		w.agentPods = append(w.agentPods, object)
		w.add(t, "Pod", object)
	}
}

func workloadPod(workload *golden.Workload, pod container.Pod) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: workload.Namespace, Name: pod.Name, UID: uid("pod", pod.Name), Labels: workload.Labels,
		},
		Spec: corev1.PodSpec{NodeName: pod.Node, Containers: []corev1.Container{workload.Container}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: pod.IP, HostIP: pod.NodeIP,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		},
	}
}

// start runs this test binary as the collector, with the arguments of the DaemonSet.
func (a *Agent) start(t *testing.T, w *World) {
	t.Helper()
	w.furnish(t, a.container, a.IP, agentToken)
	if err := a.container.Write(w.Workload.ConfigPath, w.running(t)); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	a.Started = time.Now()
	a.Process = a.container.Start(t, program, w.Workload.Container.Args, append(w.inCluster(), CollectorVariable+"=1")...)
	a.awaitHealth(t, w)
}

// running is the config in the time of the test, with the test's edits.
func (w *World) running(t *testing.T) string {
	t.Helper()
	text, err := tree.Text(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	if w.options.Edit != nil {
		config, err := tree.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		w.options.Edit(config)
		if text, err = tree.Text(config); err != nil {
			t.Fatal(err)
		}
	}
	if text, err = speed.Config(text, w.options.RealTime...); err != nil {
		t.Fatal(err)
	}
	return text
}

// CollectorVariable makes a test binary that imports this package run as the collector.
const CollectorVariable = "CONFORMANCE_COLLECTOR"

// furnish adds what image, kubelet and cluster give to every container.
func (w *World) furnish(t *testing.T, c *container.Container, self, token string) {
	t.Helper()
	if err := sandbox.ServiceAccount(c.Root, token, w.Workload.Namespace, w.authority.PEM); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{
		"/etc/hosts":                         w.hostsFile(self),
		"/etc/ssl/certs/ca-certificates.crt": string(w.authority.PEM),
	} {
		if err := c.Write(file, content); err != nil {
			t.Fatal(err)
		}
	}
}

// awaitHealth asks as the kubelet does for the readiness probe.
func (a *Agent) awaitHealth(t *testing.T, w *World) {
	t.Helper()
	probe := w.Workload.Container.ReadinessProbe.HTTPGet
	port := probe.Port.String()
	for _, declared := range w.Workload.Container.Ports {
		if declared.Name == port {
			port = net.JoinHostPort(a.IP, itoa(declared.ContainerPort))
		}
	}
	Eventually(t, 30*time.Second, "the agent on "+a.Node+" is ready", func() bool {
		if a.Exited() {
			t.Fatalf("the collector ended:\n%s", strings.Join(a.Log(), "\n"))
		}
		response, err := http.Get("http://" + port + probe.Path)
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
}

var severe = regexp.MustCompile(`(?i)deprecat|"level":"(warn|error|fatal|panic)"|^[WEF]\d{4} `)

// Complaints are the lines of a log that an operator should not see.
func Complaints(log []string) []string {
	var complaints []string
	for _, line := range log {
		if severe.MatchString(line) {
			complaints = append(complaints, line)
		}
	}
	return complaints
}
