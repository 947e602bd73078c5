package pilot

import (
	"encoding/json"
	"fmt"
)

// PortMode is the mode of mutual TLS of one port of the pods with certain labels.
type PortMode struct {
	Namespace string            `json:"namespace"`
	PodLabels map[string]string `json:"podLabels"`
	Port      uint16            `json:"port"`
	Mode      string            `json:"mode"`
}

// peerAuthentication is how Istio is told; the number keeps names apart.
func (p PortMode) peerAuthentication(number int) string {
	labels, _ := json.Marshal(p.PodLabels) // Maps of strings can always be written, and JSON is YAML.
	return fmt.Sprintf(`---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: port-%d, namespace: %s}
spec: {selector: {matchLabels: %s}, portLevelMtls: {%d: {mode: %s}}}
`, number, p.Namespace, labels, p.Port, p.Mode)
}
