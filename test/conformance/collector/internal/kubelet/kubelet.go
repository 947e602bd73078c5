// Package kubelet answers the agent's questions about a node, as a kubelet does on port 10250.
package kubelet

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	stats "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
)

// Kubelet of one node.
type Kubelet struct {
	Node  string
	Token string
	Pods  []Pod

	asked   atomic.Int64
	refuses atomic.Bool
}

// Pod and its number, which no other pod of the test has.
type Pod struct {
	Object *corev1.Pod
	Number int
}

// summaries that a pod can be in before its memory is taken for that of the next one.
const summaries = 1_000_000

// Memory that a pod uses tells which pod it is, and in which summary: every point of a run is different.
func Memory(pod, summary int) uint64 { return uint64(pod*summaries + summary) }

// Origin of an amount of memory.
func Origin(memory uint64) (pod, summary int) {
	return int(memory) / summaries, int(memory) % summaries
}

// Refuse no longer knows the agent's token.
func (k *Kubelet) Refuse() { k.refuses.Store(true) }

// Asked is the number of summaries that were served.
func (k *Kubelet) Asked() int { return int(k.asked.Load()) }

func (k *Kubelet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if k.refuses.Load() || r.Header.Get("Authorization") != "Bearer "+k.Token {
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
		return
	}
	var body any
	switch r.URL.Path {
	case "/stats/summary":
		body = k.summary(int(k.asked.Add(1)))
	case "/pods":
		body = k.pods()
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func (k *Kubelet) summary(number int) stats.Summary {
	now := metav1.Now()
	started := metav1.NewTime(now.Add(-time.Hour))
	summary := stats.Summary{Node: stats.NodeStats{
		NodeName: k.Node, StartTime: started,
		CPU: cpu(now), Memory: memory(now, 1<<30), Fs: filesystem(now),
		Network: network(now),
	}}
	for _, pod := range k.Pods {
		used := Memory(pod.Number, number)
		summary.Pods = append(summary.Pods, stats.PodStats{
			PodRef:    stats.PodReference{Name: pod.Object.Name, Namespace: pod.Object.Namespace, UID: string(pod.Object.UID)},
			StartTime: started,
			Containers: []stats.ContainerStats{{
				Name: pod.Object.Spec.Containers[0].Name, StartTime: started,
				CPU: cpu(now), Memory: memory(now, used), Rootfs: filesystem(now), Logs: filesystem(now),
			}},
			CPU: cpu(now), Memory: memory(now, used), Network: network(now),
			VolumeStats:      []stats.VolumeStats{{Name: "data", FsStats: *filesystem(now)}},
			EphemeralStorage: filesystem(now),
		})
	}
	return summary
}

func (k *Kubelet) pods() corev1.PodList {
	list := corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}}
	for _, pod := range k.Pods {
		list.Items = append(list.Items, *pod.Object)
	}
	return list
}

func cpu(now metav1.Time) *stats.CPUStats {
	return &stats.CPUStats{Time: now, UsageNanoCores: new(uint64(1e6)), UsageCoreNanoSeconds: new(uint64(now.UnixNano()))}
}

func memory(now metav1.Time, bytes uint64) *stats.MemoryStats {
	return &stats.MemoryStats{
		Time: now, AvailableBytes: &bytes, UsageBytes: &bytes, WorkingSetBytes: &bytes, RSSBytes: &bytes,
		PageFaults: new(uint64(1)), MajorPageFaults: new(uint64(1)),
	}
}

func filesystem(now metav1.Time) *stats.FsStats {
	return &stats.FsStats{
		Time: now, AvailableBytes: new(uint64(1e9)), CapacityBytes: new(uint64(2e9)), UsedBytes: new(uint64(1e9)),
		InodesFree: new(uint64(10)), Inodes: new(uint64(20)), InodesUsed: new(uint64(10)),
	}
}

func network(now metav1.Time) *stats.NetworkStats {
	return &stats.NetworkStats{Time: now, InterfaceStats: stats.InterfaceStats{
		Name: "eth0", RxBytes: new(uint64(1)), RxErrors: new(uint64(0)), TxBytes: new(uint64(1)), TxErrors: new(uint64(0)),
	}}
}
