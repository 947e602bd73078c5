package plan

import (
	"maps"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/discovery"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/outcome"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// declarations are how the owner of a Service that nobody described can have declared its ports. The plan takes it that no
// such Service is headless (docs/traffic-plan.md, limits): Envoy would know its pods by their addresses.
var declarations = []string{"http", "tcp"}

// stage is a scenario's cluster with everybody whom a row can mean.
type stage struct {
	*scenario
	t *testing.T
	// client is the only workload with a sidecar, if there is one.
	client *workload
	rules  capture.Rules
	own    pilot.Pod
	// servers by what is known about them.
	servers map[string]*server
	scraped map[string][]discovery.Scrape
	worlds  map[string]*outcome.World
}

func newStage(t *testing.T, s *scenario) *stage {
	st := &stage{
		scenario: s, t: t, servers: map[string]*server{}, scraped: map[string][]discovery.Scrape{}, worlds: map[string]*outcome.World{},
	}
	for id, w := range s.workloads {
		if w.plane != "sidecar" {
			continue
		}
		if st.client != nil {
			t.Fatalf("%s: more than one workload has a sidecar", s.Name)
		}
		st.client, st.rules = w, s.rules(t, id)
		st.own = pilot.Pod{
			Namespace: w.Namespace, Name: "client-0", ServiceAccount: w.Template.Spec.ServiceAccountName,
			IP: s.podsLike("")[0][0], Labels: maps.Clone(w.pod.Labels),
		}
	}
	return st
}

// world is the mesh when undescribed Services are declared in one way.
func (s *stage) world(declaration string) *outcome.World {
	if found, ok := s.worlds[declaration]; ok {
		return found
	}
	config := s.facts.Pilot()
	config.YAML = s.File.YAMLOf("networking.istio.io", "security.istio.io")
	var plane pilot.Plane
	var services []pilot.Service
	for _, server := range s.servers {
		service := server.declared(declaration)
		services = append(services, service)
		config.Objects = append(config.Objects, service.Objects()...)
	}
	if s.facts.Mesh.Mode == "sidecar" {
		if s.client != nil {
			config.Objects = append([]runtime.Object{s.own.Object()}, config.Objects...)
		}
		plane = pilot.New(s.t, config)
	}
	w := outcome.New(s.t, plane, s.own)
	for _, service := range services {
		w.Serve(service)
	}
	if s.client != nil {
		w.Servers[s.own.IP] = outcome.Server{Pod: s.own, Rules: s.rules}
	}
	s.worlds[declaration] = w
	return w
}
