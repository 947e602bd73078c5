package reference

import (
	"encoding/pem"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// certificates: PEM texts in the config itself can be decoded.
func (f *findings) certificates(config tree.Map) {
	for _, leaf := range tree.Leaves(config) {
		text, isText := leaf.Value.(string)
		if !isText || !strings.HasSuffix(leaf.Key(), "_pem") || variable.MatchString(text) {
			continue
		}
		if block, _ := pem.Decode([]byte(text)); block == nil {
			f.add(leaf.Path, "holds no PEM block")
		}
	}
}
