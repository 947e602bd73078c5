package mesh

import (
	"fmt"
	"maps"
	"net/netip"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// declared is the mesh that a scenario tells the library about, and targets in it with what must become of their scrape.
type declared struct {
	golden  string
	mesh    pilot.Config
	targets []expectedTarget
}

type expectedTarget struct {
	name string
	pod  target
	want outcome
}

const sidecar, bare = true, false

const nameLabel = "app.kubernetes.io/name"

var targetIP = netip.MustParseAddr("10.244.7.7")

// strictMesh is STRICT, but for one namespace.
var strictMesh = pilot.Config{Mode: "STRICT", NamespaceModes: map[string]string{"legacy": "PERMISSIVE"}}

// portModes is PERMISSIVE, but for one namespace and two ports.
var portModes = pilot.Config{Mode: "PERMISSIVE", NamespaceModes: map[string]string{"bank": "STRICT"}, YAML: `---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: ledger, namespace: bank}
spec: {selector: {matchLabels: {app: ledger}}, portLevelMtls: {9102: {mode: PERMISSIVE}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: shop, namespace: shop}
spec: {selector: {matchLabels: {app.kubernetes.io/name: shop.v2}}, portLevelMtls: {9102: {mode: STRICT}}}
`}

var declaredMeshes = []declared{
	{platform, strictMesh, annotatedTargets},
	{registryOnly, strictMesh, annotatedTargets},
	{"mesh-port-modes", portModes, []expectedTarget{
		{"a STRICT namespace", in("bank", sidecar).annotated("9102"), mutualTLS},
		{"a PERMISSIVE port of a STRICT namespace", in("bank", sidecar).labelled("app", "ledger").annotated("9102"), plaintext},
		{"the next port of the same pod", in("bank", sidecar).labelled("app", "ledger").annotated("8080"), mutualTLS},
		{"a PERMISSIVE namespace", in("shop", sidecar).annotated("9102"), plaintext},
		{"a STRICT port of a PERMISSIVE namespace", in("shop", sidecar).labelled(nameLabel, "shop.v2").annotated("9102"), mutualTLS},
		{"the next port of that pod", in("shop", sidecar).labelled(nameLabel, "shop.v2").annotated("8080"), plaintext},
	}},
	{"explicit-jobs", pilot.Config{Mode: "STRICT"}, []expectedTarget{
		{"a job's pod", in("shop", sidecar).labelled("app", "checkout"), mutualTLS},
		{"a job's pod without sidecar", in("shop", bare).labelled("app", "checkout"), plaintext},
		{"a job's pod without sidecar that serves https", in("bank", bare).labelled("app", "ledger"), ownTLS},
	}},
}

var annotatedTargets = []expectedTarget{
	{"an injected pod where mutual TLS is STRICT", in("shop", sidecar).annotated("8080"), mutualTLS},
	{"another port of it", in("shop", sidecar).annotated("9102"), mutualTLS},
	{"a port of a backend", in("shop", sidecar).annotated("9090"), mutualTLS},
	{"a pod whose annotations Istio rewrote", in("shop", sidecar).annotated("15020"), plaintext},
	{"such a pod that serves https itself", in("shop", sidecar).annotated("15020", "prometheus.io/scheme", "https"), plaintext},
	{"an injected pod where mutual TLS is PERMISSIVE", in("legacy", sidecar).annotated("8080"), plaintext},
	{"a pod without sidecar", in("shop", bare).annotated("9102"), plaintext},
	{"a pod without sidecar that serves https", in("shop", bare).annotated("9102", "prometheus.io/scheme", "https"), ownTLS},
	{"a Service of an injected pod", in("shop", sidecar).annotatedService("8080"), mutualTLS},
	{"a Service of a pod without sidecar", in("shop", bare).annotatedService("8080"), plaintext},
	{"a pod and its Service", in("shop", sidecar).annotated("8080").annotatedService("8080"), mutualTLS},
}

func in(namespace string, injected bool) target {
	return target{namespace: namespace, injected: injected, ports: []uint16{8080, 9090}, labels: map[string]string{}}
}

func (p target) annotated(port string, more ...string) target {
	p.onPod = map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": port}
	for n := 0; n+1 < len(more); n += 2 {
		p.onPod[more[n]] = more[n+1]
	}
	return p
}

func (p target) annotatedService(port string) target {
	p.onService = map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": port}
	return p
}

func (p target) labelled(name, value string) target {
	p.labels = map[string]string{name: value}
	return p
}

// behind is the pod and a Service that declares the protocol of its ports.
func (p target) behind(protocol string) pilot.Service {
	service := pilot.Service{
		Namespace: p.namespace, Name: "app", ClusterIP: netip.MustParseAddr("10.96.200.1"),
		Pod: pilot.Pod{
			Namespace: p.namespace, Name: "app-0", ServiceAccount: "app", IP: targetIP,
			Labels: map[string]string{"app": "app"},
		},
	}
	if p.injected {
		service.Pod.Labels = pilot.InjectedLabels("app")
	}
	maps.Copy(service.Pod.Labels, p.labels)
	for _, port := range p.ports {
		service.Ports = append(service.Ports, pilot.Port{Name: fmt.Sprintf("%s-%d", protocol, port), Port: port})
	}
	return service
}
