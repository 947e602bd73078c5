package lint

import "example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"

// entry is a finding that we do not follow, and why.
type entry struct {
	check   string
	finding string
	parts   []goldens.Role
	reason  string
}

// ignored holds single findings, not whole checks: whoever sets no CPU limit on purpose can still forget one of memory.
var ignored = []entry{
	{
		check:   "container-resources",
		finding: "CPU limit is not set",
		parts:   goldens.Roles,
		reason:  "A CPU limit throttles collection and delays scrapes also on an idle node; users can set one.",
	},
	{
		check:   "container-image-pull-policy",
		finding: "ImagePullPolicy is not set to Always",
		parts:   goldens.Roles,
		reason:  "Always makes every restart depend on the registry; for `latest` it is the default anyway, other tags stay what they are.",
	},
	{
		check:   "pod-probes-identical",
		finding: "Container has the same readiness and liveness probe",
		parts:   []goldens.Role{goldens.Agent},
		reason: "The collector has one health endpoint, which fails only while it starts (the startup probe waits for that) " +
			"and while it ends, never because of a backend.",
	},
	{
		check:   "statefulset-has-servicename",
		finding: "StatefulSet does not have a valid serviceName",
		parts:   []goldens.Role{goldens.Prometheus},
		reason:  "A headless Service gives each pod a DNS name of its own; there is one pod, and clients use its Service.",
	},
	{
		check:   "deployment-replicas",
		finding: "Deployment few replicas",
		parts:   []goldens.Role{goldens.Manager},
		reason:  "Only the author of the manager knows whether it elects a leader; without that, a second pod does harm.",
	},
	{
		check:   "deployment-has-host-podantiaffinity",
		finding: "Deployment does not have a host podAntiAffinity set",
		parts:   []goldens.Role{goldens.Manager},
		reason:  "Topology spread constraints spread the pods over nodes and zones, which kube-score does not count.",
	},
}
