package mesh

import (
	"fmt"
	"maps"
	"net/netip"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/discovery"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/outcome"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// declared is a scenario that tells the library about its mesh, and targets in it with what must become of their scrape.
type declared struct {
	golden  string
	targets []expectedTarget
}

type expectedTarget struct {
	name string
	pod  target
	want outcome.Outcome
}

const sidecar, bare = true, false

const nameLabel = "app.kubernetes.io/name"

var targetIP = netip.MustParseAddr("10.244.7.7")

var declaredMeshes = []declared{
	{platform, annotatedTargets},
	{registryOnly, annotatedTargets},
	{"mesh-port-modes", []expectedTarget{
		{"a STRICT namespace", in("bank", sidecar).annotated("9102"), outcome.MutualTLS},
		{"a PERMISSIVE port of a STRICT namespace", in("bank", sidecar).labelled("app", "ledger").annotated("9102"), outcome.Plaintext},
		{"the next port of the same pod", in("bank", sidecar).labelled("app", "ledger").annotated("8080"), outcome.MutualTLS},
		{"a PERMISSIVE namespace", in("shop", sidecar).annotated("9102"), outcome.Plaintext},
		{"a STRICT port of a PERMISSIVE namespace", in("shop", sidecar).labelled(nameLabel, "shop.v2").annotated("9102"), outcome.MutualTLS},
		{"the next port of that pod", in("shop", sidecar).labelled(nameLabel, "shop.v2").annotated("8080"), outcome.Plaintext},
	}},
	{"explicit-jobs", []expectedTarget{
		{"a job's pod", in("shop", sidecar).labelled("app", "checkout"), outcome.MutualTLS},
		{"a job's pod without sidecar", in("shop", bare).labelled("app", "checkout"), outcome.Plaintext},
		{"a job's pod without sidecar that serves https", in("bank", bare).labelled("app", "ledger"), outcome.OwnTLS},
	}},
}

var annotatedTargets = []expectedTarget{
	{"an injected pod where mutual TLS is STRICT", in("shop", sidecar).annotated("8080"), outcome.MutualTLS},
	{"another port of it", in("shop", sidecar).annotated("9102"), outcome.MutualTLS},
	{"a port of a backend", in("shop", sidecar).annotated("9090"), outcome.MutualTLS},
	{"a pod whose annotations Istio rewrote", in("shop", sidecar).annotated("15020"), outcome.Plaintext},
	{"such a pod that serves https itself", in("shop", sidecar).annotated("15020", "prometheus.io/scheme", "https"), outcome.Plaintext},
	{"an injected pod where mutual TLS is PERMISSIVE", in("legacy", sidecar).annotated("8080"), outcome.Plaintext},
	{"a pod without sidecar", in("shop", bare).annotated("9102"), outcome.Plaintext},
	{"a pod without sidecar that serves https", in("shop", bare).annotated("9102", "prometheus.io/scheme", "https"), outcome.OwnTLS},
	{"a Service of an injected pod", in("shop", sidecar).annotatedService("8080"), outcome.MutualTLS},
	{"a Service of a pod without sidecar", in("shop", bare).annotatedService("8080"), outcome.Plaintext},
	{"a pod and its Service", in("shop", sidecar).annotated("8080").annotatedService("8080"), outcome.MutualTLS},
}

// target is a pod that a test describes step by step.
type target struct{ discovery.Target }

func in(namespace string, injected bool) target {
	return target{discovery.Target{Namespace: namespace, Injected: injected, Ports: []uint16{8080, 9090}, Labels: map[string]string{}}}
}

func (p target) annotated(port string, more ...string) target {
	p.OnPod = map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": port}
	for n := 0; n+1 < len(more); n += 2 {
		p.OnPod[more[n]] = more[n+1]
	}
	return p
}

func (p target) annotatedService(port string) target {
	p.OnService = map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": port}
	return p
}

func (p target) labelled(name, value string) target {
	p.Labels = map[string]string{name: value}
	return p
}

// behind is the pod and a Service that declares the protocol of its ports.
func behind(p discovery.Target, protocol string) pilot.Service {
	service := pilot.Service{
		Namespace: p.Namespace, Name: "app", ClusterIP: netip.MustParseAddr("10.96.200.1"),
		Pod: pilot.Pod{
			Namespace: p.Namespace, Name: "app-0", ServiceAccount: "app", IP: targetIP,
			Labels: map[string]string{"app": "app"},
		},
	}
	if p.Injected {
		service.Pod.Labels = pilot.InjectedLabels("app")
	}
	maps.Copy(service.Pod.Labels, p.Labels)
	for _, port := range p.Ports {
		service.Ports = append(service.Ports, pilot.Port{Name: fmt.Sprintf("%s-%d", protocol, port), Port: port})
	}
	return service
}
