package reference

import (
	"slices"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// byReference are keys whose value names an extension.
var byReference = []string{"additional_auth", "authenticator", "k8s_leader_elector", "storage"}

// passive extensions do nothing unless something refers to them.
var passive = []string{
	"basicauth", "bearertokenauth", "file_storage", "headers_setter", "k8s_leader_elector", "oauth2client",
}

// components: whatever refers to an extension finds one that is defined and started.
func (f *findings) components(config tree.Map) {
	defined := tree.At(config, "extensions")
	started := tree.Strings(config, "service", "extensions")
	referred := map[string]bool{}
	for _, leaf := range tree.Leaves(config) {
		name, isName := leaf.Value.(string)
		if !isName || !slices.Contains(byReference, leaf.Key()) || leaf.Path[0] == "service" {
			continue
		}
		referred[name] = true
		if _, ok := defined[name]; !ok {
			f.add(leaf.Path, "extension %s is not defined", name)
		} else if !slices.Contains(started, name) {
			f.add(leaf.Path, "extension %s is not in service.extensions", name)
		}
	}
	for _, name := range started {
		if _, ok := defined[name]; !ok {
			f.add([]string{"service", "extensions"}, "extension %s is not defined", name)
		}
	}
	for _, name := range tree.Keys(defined) {
		path := []string{"extensions", name}
		kind, _, _ := strings.Cut(name, "/")
		if !slices.Contains(started, name) {
			f.add(path, "not in service.extensions")
		}
		if slices.Contains(passive, kind) && !referred[name] {
			f.add(path, "nothing refers to it")
		}
	}
}

// pipelines: every component stands in a pipeline, and connectors join two.
func (f *findings) pipelines(config tree.Map) {
	receiving, sending, processing := map[string]bool{}, map[string]bool{}, map[string]bool{}
	pipelines := tree.At(config, "service", "pipelines")
	for _, id := range tree.Keys(pipelines) {
		mark(receiving, tree.Strings(pipelines[id], "receivers"))
		mark(processing, tree.Strings(pipelines[id], "processors"))
		mark(sending, tree.Strings(pipelines[id], "exporters"))
	}
	for section, used := range map[string]map[string]bool{
		"receivers": receiving, "processors": processing, "exporters": sending,
	} {
		for _, id := range tree.Keys(tree.At(config, section)) {
			if !used[id] {
				f.add([]string{section, id}, "in no pipeline")
			}
		}
	}
	for _, id := range tree.Keys(tree.At(config, "connectors")) {
		if !sending[id] || !receiving[id] {
			f.add([]string{"connectors", id}, "does not join two pipelines")
		}
	}
}

func mark(used map[string]bool, ids []string) {
	for _, id := range ids {
		used[id] = true
	}
}
