package world

import (
	"fmt"
	"slices"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/target"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// podState is the start of the name of a metric that k8s_cluster has of every pod.
const podState = "k8s_pod_phase"

// StateFindings: what is said about a pod depends on the pod, not on the node of the agent that says it.
func (w *World) StateFindings(d *Destination) []string {
	reach := w.receiverReach("k8s_cluster", d)
	if !reach.Connected {
		return nil
	}
	described := map[string][]string{}
	for _, point := range d.Points() {
		if strings.HasPrefix(point.Metric, podState) {
			names := strings.Join(tree.Keys(point.Labels), ",")
			node := point.Labels["k8s_node_name"]
			if !slices.Contains(described[names], node) {
				described[names] = append(described[names], node)
			}
		}
	}
	if len(described) == 0 && !reach.Selective {
		return []string{"no state of a pod arrived"}
	}
	var findings []string
	for _, names := range tree.Keys(described) {
		if nodes := described[names]; len(nodes) < len(w.nodes) {
			findings = append(findings, fmt.Sprintf("only pods of %q are described by %s", nodes, names))
		}
	}
	return findings
}

// ContainerFindings: a scrape that names a container names the one that answered.
func (w *World) ContainerFindings(d *Destination) []string {
	containers := map[string]string{}
	for _, app := range w.Apps {
		containers[app.Name] = app.Pod.Spec.Containers[0].Name
	}
	wrong := map[string]bool{}
	for _, point := range d.Points() {
		app, scraped := point.Labels[target.Label]
		if name := point.Labels["k8s_container_name"]; scraped && name != "" && name != containers[app] {
			wrong[fmt.Sprintf("%s answered in %s and is said to be %s", app, containers[app], name)] = true
		}
	}
	return tree.Keys(wrong)
}
