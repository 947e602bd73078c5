package goldens

import (
	"strings"
	"testing"
)

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: b }\n"

func TestAKeyThatOccursTwiceIsAnError(t *testing.T) {
	_, err := Parse([]byte(configMap + "data: { x: one, x: two }\n"))
	if err == nil || !strings.Contains(err.Error(), `key "x" already set`) {
		t.Errorf("got %v", err)
	}
}

func TestAnObjectThatOccursTwiceStartsTheNextCluster(t *testing.T) {
	objects, err := Parse([]byte(configMap + "---\n" + strings.Replace(configMap, "name: a", "name: c", 1) + "---\n" + configMap))
	if err != nil {
		t.Fatal(err)
	}
	clusters := perCluster("scenario", objects)
	if len(clusters) != 2 || clusters[1].Name != "scenario.2" || len(clusters[0].Objects) != 2 {
		t.Errorf("got %v", clusters)
	}
}

func TestAComponentCountsOnlyWhenTheServiceStartsIt(t *testing.T) {
	config := Config{Receivers: map[string]Component{"kubelet_stats": {}, "prometheus/pods": {}}}
	config.Service.Pipelines = map[string]Pipeline{"metrics": {Receivers: []string{"prometheus/pods"}}}
	if config.Starts("kubelet_stats") || !config.Starts("prometheus") {
		t.Errorf("started: %v", config.Started())
	}
}

func TestEveryGoldenIsReadCompletely(t *testing.T) {
	Each(t, func(t *testing.T, golden Golden) {
		parts, err := golden.Parts()
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if part.Instance == "" || part.Role == "" {
				t.Errorf("%s does not say which part of which stack it is", part)
			}
			if part.Role == Manager {
				continue
			}
			if _, err := golden.Config(part); err != nil {
				t.Error(err)
			}
		}
	})
}
