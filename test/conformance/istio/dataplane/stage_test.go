// Package dataplane makes real connections of a rendered agent: from the collector's user through the rules of its injected
// pod, real Envoys that Istio configures, mutual TLS, and into applications.
package dataplane

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"istio.io/istio/pilot/pkg/features"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/identity"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/istio"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/lab"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/redirect"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/require"
)

func TestMain(m *testing.M) {
	// Filters of Istio's own Envoy, which the public one does not have.
	features.MetadataExchange = false
	features.ALPNFilter = false
	redirect.Main(m)
}

// Addresses on the stage.
var (
	agentIP    = netip.MustParseAddr("10.244.1.10")
	appIP      = netip.MustParseAddr("10.244.7.7")
	outsideIP  = netip.MustParseAddr("10.244.9.9")
	apiServer  = netip.MustParseAddr("10.96.0.1")
	vendor     = netip.MustParseAddr("203.0.113.9")
	prometheus = service("monitoring", "prometheus", "10.96.128.1", "10.244.2.20", pilot.Port{Name: "http-web", Port: 9090})
	gateway    = service("observability", "gateway", "10.96.128.2", "10.244.2.21", pilot.Port{Name: "grpc-otlp", Port: 4317})
	shop       = service("shop", "app", "10.96.128.3", "10.244.7.7", pilot.Port{Name: "http-app", Port: 9090},
		pilot.Port{Name: "http-more", Port: 8080})
)

// headless is another Service of the same Prometheus.
var headless = pilot.Service{Namespace: "monitoring", Name: "headless", Ports: prometheus.Ports, Pod: prometheus.Pod}

func service(namespace, name, clusterIP, podIP string, ports ...pilot.Port) pilot.Service {
	return pilot.Service{
		Namespace: namespace, Name: name, ClusterIP: netip.MustParseAddr(clusterIP), Ports: ports,
		Pod: pilot.Pod{
			Namespace: namespace, Name: name + "-0", ServiceAccount: name,
			IP: netip.MustParseAddr(podIP), Labels: pilot.InjectedLabels(name),
		},
	}
}

// stage is a running cluster.
type stage struct {
	agent   golden.Agent
	pod     *corev1.Pod
	user    lab.User
	network *lab.Network
	// inside is the agent's namespace, outside that of a Prometheus without sidecar.
	inside, outside *lab.Namespace
	plane           pilot.Plane
	authority       *identity.Authority
	folder          string
}

// play injects the agent, starts everything and connects it.
func play(t *testing.T, agent golden.Agent, mode, policy string) *stage {
	t.Helper()
	require.Root(t)
	require.Command(t, "iptables", "iptables-restore", "iptables-save")
	require.Envoy(t)
	s := &stage{agent: agent, network: lab.NewNetwork(t), authority: identity.NewAuthority(t), folder: shortFolder(t)}
	pod, _, err := istio.New(t, istio.Options{}).Inject(agent.Pod())
	if err != nil {
		t.Fatal(err)
	}
	s.pod = pod
	uid, gid, err := agent.User()
	if err != nil {
		t.Fatal(err)
	}
	s.user = lab.User{UID: uid, GID: gid}
	running := pilot.Pod{
		Namespace: agent.Namespace, Name: "agent-0", ServiceAccount: agent.Template.Spec.ServiceAccountName,
		IP: agentIP, Labels: pod.Labels,
	}
	services := []pilot.Service{prometheus, gateway, shop}
	objects := append([]runtime.Object{running.Object()}, headless.WithoutPod()...)
	for _, service := range services {
		objects = append(objects, service.Objects()...)
	}
	s.plane = pilot.New(t, pilot.Config{
		Mode: mode, Policy: policy, Objects: objects,
		YAML:     golden.Named(t, agent.Golden).YAMLOf("networking.istio.io", "security.istio.io"),
		Listener: func() (net.Listener, error) { return socket(s.folder, xdsSocket) },
	})
	s.inside = s.addInjected(t, running, pod)
	for _, service := range services {
		namespace := s.addInjected(t, service.Pod, ordinaryPod(t, service))
		for _, port := range service.Ports {
			namespace.Serve(t, port.Port, application(service.Name), nil)
			s.network.Translate(t, netip.AddrPortFrom(service.ClusterIP, port.Port), netip.AddrPortFrom(service.Pod.IP, port.Port))
		}
	}
	s.outside = s.network.AddPod(t, outsideIP)
	s.serveAgent(t)
	s.network.Node.Serve(t, 443, application("node"), &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}})
	return s
}

// addInjected makes a pod with the rules and the sidecar of an injected one.
func (s *stage) addInjected(t *testing.T, running pilot.Pod, pod *corev1.Pod) *lab.Namespace {
	t.Helper()
	namespace := s.network.AddPod(t, running.IP)
	if err := redirect.Programs[0].Apply(namespace, pod); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(s.folder, running.Name)
	certificates := filepath.Join(folder, "certificates")
	if proxy := golden.Container(pod, "istio-proxy"); proxy != nil {
		if output, found := golden.EnvOf(proxy, "OUTPUT_CERTS"); found {
			var err error
			if certificates, err = golden.OnNode(folder, proxy, output); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.MkdirAll(certificates, 0o755); err != nil {
		t.Fatal(err)
	}
	s.authority.Write(t, certificates, running.Namespace, running.ServiceAccount, time.Hour)
	serveSecrets(t, folder, certificates)
	startEnvoy(t, namespace, running, s.folder, folder)
	return namespace
}

// serveAgent answers on the agent's own ports.
func (s *stage) serveAgent(t *testing.T) {
	t.Helper()
	for _, container := range s.agent.Template.Spec.Containers {
		for _, port := range container.Ports {
			s.inside.Serve(t, uint16(port.ContainerPort), application("agent"), nil)
		}
	}
}

// ordinaryPod is one that somebody else deploys into the mesh.
func ordinaryPod(t *testing.T, service pilot.Service) *corev1.Pod {
	t.Helper()
	pod, _, err := istio.New(t, istio.Options{}).Inject(&corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: service.Namespace, Name: service.Pod.Name, Labels: map[string]string{golden.InjectLabel: "true"},
		},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return pod
}

// application tells who it is and as whom the sidecar introduces the client.
func application(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Application", name)
		for field := range strings.SplitSeq(r.Header.Get("X-Forwarded-Client-Cert"), ";") {
			if identity, found := strings.CutPrefix(field, "URI="); found {
				w.Header().Set("Client-Identity", identity)
			}
		}
	})
}

// shortFolder can be entered by every user, and has a path that fits into the address of a socket.
func shortFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "mesh")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}
