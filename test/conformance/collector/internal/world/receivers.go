package world

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// AlertReceiver stands for the manager and for every Alertmanager.
type AlertReceiver struct {
	mu    sync.Mutex
	names map[string]bool
}

// Names of the alerts that have arrived.
func (r *AlertReceiver) Names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return tree.Keys(r.names)
}

func (r *AlertReceiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	var alerts []Alert
	if err := json.NewDecoder(request.Body).Decode(&alerts); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.names == nil {
		r.names = map[string]bool{}
	}
	for _, alert := range alerts {
		r.names[alert.Name()] = true
	}
}

// startAlertReceivers listens wherever the config sends alerts.
func (w *World) startAlertReceivers(t *testing.T, config tree.Map, receiver *AlertReceiver) (started int) {
	t.Helper()
	managers, _ := tree.At(config, "alerting")["alertmanagers"].([]any)
	for _, manager := range managers {
		groups, _ := manager.(tree.Map)["static_configs"].([]any)
		for _, group := range groups {
			for _, address := range tree.Strings(group, "targets") {
				host, port, err := net.SplitHostPort(address)
				if err != nil {
					t.Fatal(err)
				}
				secure := strings.EqualFold(tree.String(manager, "scheme"), "https")
				serve(t, w.named(host), port, w.serverTLS(t, secure, false, host), receiver)
				started++
			}
		}
	}
	return started
}
