package backend

import (
	"slices"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Reach is how the points of a receiver come to an exporter.
type Reach struct {
	Connected bool
	// Selective: on the way some points may be left out on purpose.
	Selective bool
	// Delta: sums arrive as differences.
	Delta bool
}

// ReachOf follows pipelines and connectors from a receiver to an exporter.
func ReachOf(config tree.Map, receiver, exporter string) Reach {
	pipelines := tree.At(config, "service", "pipelines")
	connectors := tree.At(config, "connectors")
	var reach Reach
	var follow func(source string, selective, delta bool, seen []string)
	follow = func(source string, selective, delta bool, seen []string) {
		for _, id := range tree.Keys(pipelines) {
			if slices.Contains(seen, id) || !slices.Contains(tree.Strings(pipelines[id], "receivers"), source) {
				continue
			}
			selective, delta := selective || routedAway(connectors, source, id), delta
			for _, processor := range tree.Strings(pipelines[id], "processors") {
				kind, _, _ := strings.Cut(processor, "/")
				selective = selective || kind == "filter"
				delta = delta || kind == "cumulative_to_delta"
			}
			for _, destination := range tree.Strings(pipelines[id], "exporters") {
				if destination == exporter {
					reach = Reach{true, reach.Selective || selective, reach.Delta || delta}
				} else if _, isConnector := connectors[destination]; isConnector {
					follow(destination, selective, delta, append(slices.Clone(seen), id))
				}
			}
		}
	}
	follow(receiver, false, false, nil)
	return reach
}

// routedAway tells whether a pipeline gets only part of what comes to the connector before it.
func routedAway(connectors tree.Map, source, pipeline string) bool {
	settings, ok := connectors[source]
	return ok && strings.HasPrefix(source, "routing") &&
		!slices.Contains(tree.Strings(settings, "default_pipelines"), pipeline)
}
