package plan

import "testing"

func TestEveryWorkloadIsInTheDataPlaneThatIstioPutsItIn(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			if len(s.Workloads) != len(s.workloads) {
				t.Errorf("%s: the plan has %d workloads, the manifests %d", s.Name, len(s.Workloads), len(s.workloads))
			}
			for _, planned := range s.Workloads {
				if got, found := s.workloads[planned.ID]; !found || got.plane != planned.DataPlane {
					t.Errorf("%s: the plan says that %s is in the data plane %s, Istio says %s", s.Name, planned.ID, planned.DataPlane, s.plane(planned.ID))
				}
			}
		})
	}
}

// TestEveryProbeGoesToThePortThatTheInjectorLeaves: it rewrites the application's probes, and adds those of its own.
func TestEveryProbeGoesToThePortThatTheInjectorLeaves(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			for _, row := range s.Flows {
				if row.Purpose != "probe" {
					continue
				}
				port, _, err := s.probe(row)
				if err != nil {
					t.Errorf("%s: %s: %v", s.Name, row, err)
					continue
				}
				for field, said := range map[string]*uint16{"port": row.Port, "targetPort": row.TargetPort} {
					if said == nil {
						said = new(uint16) // No pod listens on 0.
					}
					if *said != port {
						t.Errorf("%s.traffic.json, %s: the plan says %s %d, the injected pod %d", s.Name, row, field, *said, port)
					}
				}
			}
		})
	}
}
