package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
)

type jsonWorld struct {
	Objects   []any          `json:"objects"`
	APIServer string         `json:"apiServer"`
	Questions []jsonQuestion `json:"questions"`
}

type jsonQuestion struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Port     int32  `json:"port"`
	Protocol string `json:"protocol"`
}

// planned are the traffic plan's verdicts for every question of every world.
func planned(worlds []*world) ([][]string, error) {
	input, err := json.Marshal(encoded(worlds))
	if err != nil {
		return nil, err
	}
	node := exec.Command("node", "--import", "tsx", "test/conformance/kubernetes/plan/evaluate.ts")
	node.Dir = "../../../.."
	node.Stdin = bytes.NewReader(input)
	var problems bytes.Buffer
	node.Stderr = &problems
	output, err := node.Output()
	if err != nil {
		return nil, fmt.Errorf("%v (npm ci in the root of the repository?): %w\n%s", node.Args, err, problems.String())
	}
	var verdicts [][]string
	if err := json.Unmarshal(output, &verdicts); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", node.Args, err, output)
	}
	return verdicts, nil
}

func encoded(worlds []*world) []jsonWorld {
	var all []jsonWorld
	for _, w := range worlds {
		encoded := jsonWorld{APIServer: apiServer}
		for _, namespace := range w.namespaces {
			encoded.Objects = append(encoded.Objects, namespace)
		}
		for _, pod := range w.pods {
			encoded.Objects = append(encoded.Objects, pod)
		}
		for _, policy := range w.policies {
			encoded.Objects = append(encoded.Objects, policy)
		}
		for _, q := range w.questions() {
			encoded.Questions = append(encoded.Questions, jsonQuestion{q.from.String(), q.to.String(), q.port, string(q.protocol)})
		}
		all = append(all, encoded)
	}
	return all
}
