package live

import (
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/world"
)

// In the time of production, because exporters have timeouts of their own, which are not in the rendered config, and what
// fills their queues is batched by time.
func TestAnOutageInRealTimeLosesNothing(t *testing.T) {
	t.Parallel()
	w := world.Start(t, platform(t), world.Options{RealTime: []string{"exporters", "processors"}, Edit: slowly})
	wait(t, w)
	// Longer than a default timeout of 5 s and the first retries together.
	const outage = 15 * time.Second
	for _, backend := range w.Backends {
		backend.Refuse(true)
	}
	time.Sleep(outage)
	for _, backend := range w.Backends {
		backend.Refuse(false)
	}
	served, summaries := w.Served(), w.Summaries()
	for _, backend := range w.Backends {
		t.Run(backend.Exporter, func(t *testing.T) {
			var apps, runtime world.Parity
			deadline := time.Now().Add(time.Minute)
			for {
				apps, runtime = w.Parity(backend, served), w.RuntimeParity(backend, summaries)
				if len(apps.Findings)+len(runtime.Findings) == 0 || time.Now().After(deadline) {
					break
				}
				time.Sleep(time.Second)
			}
			t.Logf("served %d+%d, delivered %d+%d", apps.Served, runtime.Served, apps.Delivered, runtime.Delivered)
			report(t, "after 15 s without backends", append(apps.Findings, runtime.Findings...))
		})
	}
}

// slowly collects a third as often, so that a queue in real time does not fill thirty times as fast.
func slowly(config tree.Map) {
	tree.Edit(config["receivers"], func(key, text string) string {
		if (key == "scrape_interval" || key == "collection_interval") && text == "30s" {
			return "90s"
		}
		return text
	})
}
