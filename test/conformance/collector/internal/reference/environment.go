package reference

import (
	"regexp"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// variable is `${env:NAME}`, `${NAME}` or `${env:NAME:-default}`; a literal `$$` is consumed first, as the collector does.
var variable = regexp.MustCompile(`\$\$|\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(:-[^}]*)?\}`)

// variables: an unset variable expands to nothing, which a scrape config for one takes as "every node".
func (f *findings) variables(text string, environment []corev1.EnvVar) {
	var reported []string
	for _, match := range variable.FindAllStringSubmatch(text, -1) {
		name, fallback := match[1], match[2]
		if name == "" || fallback != "" || slices.Contains(reported, name) {
			continue
		}
		set := slices.ContainsFunc(environment, func(v corev1.EnvVar) bool { return v.Name == name })
		if !set {
			reported = append(reported, name)
			f.add([]string{"${env:" + name + "}"}, "not set in the container")
		}
	}
}
