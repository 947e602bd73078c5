package golden

import "testing"

func TestParseEndpoint(t *testing.T) {
	for address, want := range map[string]Backend{
		"http://prometheus.monitoring:9090/api/v1/write": {Host: "prometheus.monitoring", Port: 9090},
		"https://otlp.vendor.example":                    {Host: "otlp.vendor.example", Port: 443, TLS: true},
		"https://[2001:db8::7]:9201/write":               {Host: "2001:db8::7", Port: 9201, TLS: true},
		"http://plain.example":                           {Host: "plain.example", Port: 80},
		"gateway.observability:4317":                     {Host: "gateway.observability", Port: 4317, TLS: true},
	} {
		got, err := parseEndpoint("", address, nil)
		if err != nil || got != want {
			t.Errorf("%s: got %+v %v, want %+v", address, got, err, want)
		}
	}
}

func TestEveryGoldenIsUnderstood(t *testing.T) {
	for _, file := range All(t) {
		agents := file.Agents(t)
		if len(agents) == 0 {
			t.Errorf("%s has no agent", file.Name)
		}
		for _, agent := range agents {
			if _, err := agent.Config.Backends(); err != nil {
				t.Errorf("%s: %v", agent, err)
			}
			if _, err := agent.Config.MetricsPorts(); err != nil {
				t.Errorf("%s: %v", agent, err)
			}
			if _, err := agent.Config.ScrapeJobs(); err != nil {
				t.Errorf("%s: %v", agent, err)
			}
			if _, _, err := agent.User(); err != nil {
				t.Error(err)
			}
		}
	}
}
