package world

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/backend"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/kubelet"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/speed"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Starts of metric names; protocols add the unit or not.
const (
	memoryMetric  = "k8s_pod_memory_usage"
	clusterMetric = "k8s_deployment_desired"
)

// Summaries that each kubelet has given.
func (w *World) Summaries() []int {
	given := make([]int, len(w.Kubelets))
	for i, kubelet := range w.Kubelets {
		given[i] = kubelet.Asked()
	}
	return given
}

// RuntimeParity compares the summaries of the kubelets with what a backend took: each pod's memory of each summary, once,
// in a series that belongs to no other pod.
func (w *World) RuntimeParity(d *Destination, summaries []int) Parity {
	var parity Parity
	reach := w.receiverReach("kubelet_stats", d)
	if !reach.Connected {
		return parity
	}
	type receipt struct{ pod, summary int }
	receipts, owners := map[receipt]int{}, map[string]int{}
	for _, point := range d.Points() {
		if !strings.HasPrefix(point.Metric, memoryMetric) {
			continue
		}
		pod, summary := kubelet.Origin(uint64(point.Value))
		receipts[receipt{pod, summary}]++
		series := point.Series()
		if owner, known := owners[series]; known && owner != pod {
			parity.Findings = append(parity.Findings, "one series for two pods: "+series)
		}
		owners[series] = pod
		if object := w.Apps[pod].Pod; point.Labels["k8s_pod_name"] != object.Name || point.Labels["k8s_namespace_name"] != object.Namespace {
			parity.Findings = append(parity.Findings, fmt.Sprintf("series of %s is called %s", object.Name, series))
		}
	}
	for i, node := range w.Kubelets {
		for _, pod := range node.Pods {
			for summary := 1; summary <= summaries[i]; summary++ {
				count := receipts[receipt{pod.Number, summary}]
				parity.Served++
				parity.Delivered += count
				if count != 1 {
					parity.Findings = append(parity.Findings, fmt.Sprintf("%d times: memory of %s, summary %d", count, pod.Object.Name, summary))
				}
			}
		}
	}
	if reach.Selective && parity.Delivered == 0 {
		return Parity{}
	}
	return parity
}

// ClusterFindings: states of objects are collected by one agent, and come to every backend that they are for.
func (w *World) ClusterFindings(d *Destination) []string {
	reach := w.receiverReach("k8s_cluster", d)
	if !reach.Connected {
		return nil
	}
	times := map[string][]int64{}
	for _, point := range d.Points() {
		if strings.HasPrefix(point.Metric, clusterMetric) {
			series := point.Series()
			times[series] = append(times[series], point.Time)
		}
	}
	if len(times) == 0 && !reach.Selective {
		return []string{"no state of a Deployment arrived"}
	}
	var findings []string
	most := int(time.Since(w.Agents[0].Started)/w.runtimeInterval()) + 2
	for _, series := range tree.Keys(times) {
		if len(times[series]) > most {
			findings = append(findings, fmt.Sprintf("%d points in %d intervals: %s", len(times[series]), most, series))
		}
		slices.Sort(times[series])
		if len(slices.Compact(times[series])) < len(times[series]) {
			findings = append(findings, "twice at one time: "+series)
		}
	}
	return findings
}

func (w *World) receiverReach(kind string, d *Destination) backend.Reach {
	for id := range tree.At(w.Config, "receivers") {
		if base, _, _ := strings.Cut(id, "/"); base == kind {
			return backend.ReachOf(w.Config, id, d.Exporter)
		}
	}
	return backend.Reach{}
}

func (w *World) runtimeInterval() time.Duration {
	interval, err := model.ParseDuration(tree.String(w.Config, "receivers", "k8s_cluster", "collection_interval"))
	if err != nil {
		interval = model.Duration(10 * time.Second)
	}
	return speed.Of(time.Duration(interval))
}
