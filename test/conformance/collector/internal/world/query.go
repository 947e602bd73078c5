package world

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"
)

// Alert as the API shows it.
type Alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	State       string            `json:"state"`
}

// Name of the alert.
func (a Alert) Name() string { return a.Labels["alertname"] }

// Firing alerts.
func (p *Prometheus) Firing(t *testing.T) []Alert {
	t.Helper()
	var answer struct {
		Alerts []Alert `json:"alerts"`
	}
	p.get(t, "/api/v1/alerts", &answer)
	return slices.DeleteFunc(answer.Alerts, func(alert Alert) bool { return alert.State != "firing" })
}

// Series that a selector finds.
func (p *Prometheus) Series(t *testing.T, selector string) []map[string]string {
	t.Helper()
	var series []map[string]string
	p.get(t, "/api/v1/series?match[]="+url.QueryEscape(selector), &series)
	return series
}

// Query finds the labels of each result of an expression, now.
func (p *Prometheus) Query(t *testing.T, expr string) []map[string]string {
	t.Helper()
	var answer struct {
		Result []struct {
			Metric map[string]string `json:"metric"`
		} `json:"result"`
	}
	p.get(t, "/api/v1/query?query="+url.QueryEscape(expr), &answer)
	results := make([]map[string]string, len(answer.Result))
	for i, result := range answer.Result {
		results[i] = result.Metric
	}
	return results
}

func (p *Prometheus) get(t *testing.T, path string, into any) {
	t.Helper()
	response, err := p.client.Get(p.scheme + "://" + p.address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Status string          `json:"status"`
		Error  string          `json:"error"`
		Data   json.RawMessage `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.Status != "success" {
		t.Fatal(fmt.Errorf("%s: %s", path, answer.Error))
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		t.Fatal(err)
	}
}
