package reference

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// addresses: URLs and ports have the form that their component dials or listens on.
func (f *findings) addresses(config tree.Map) {
	for _, leaf := range tree.Leaves(config) {
		text, _ := leaf.Value.(string)
		text = expanded(text)
		switch leaf.Key() {
		case "token_url", "metrics_endpoint":
			f.url(leaf.Path, text)
		case "endpoint":
			if dialsURL(leaf.Path) {
				f.url(leaf.Path, text)
			} else {
				f.hostPort(leaf.Path, text)
			}
		case "port":
			if leaf.Path[0] == "service" {
				f.port(leaf.Path, leaf.Value)
			}
		}
	}
}

// expanded puts an address where the environment will.
func expanded(text string) string {
	address := "192.0.2.1"
	if strings.Contains(text, "[${") {
		address = "2001:db8::1"
	}
	return variable.ReplaceAllStringFunc(text, func(match string) string {
		if match == "$$" {
			return "$"
		}
		return address
	})
}

func dialsURL(path []string) bool {
	kind, _, _ := strings.Cut(path[1], "/")
	switch path[0] {
	case "exporters":
		return kind == "otlp_http" || kind == "prometheus_remote_write"
	case "receivers":
		return kind == "kubelet_stats"
	}
	return false
}

func (f *findings) url(path []string, text string) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil:
		f.add(path, "%v", err)
	case parsed.Scheme != "http" && parsed.Scheme != "https":
		f.add(path, "%q is no http or https URL", text)
	case parsed.Hostname() == "" || strings.ContainsAny(parsed.Host, " \t"):
		f.add(path, "%q names no host", text)
	}
}

func (f *findings) hostPort(path []string, text string) {
	host, port, err := net.SplitHostPort(strings.TrimPrefix(text, "dns:///"))
	switch {
	case err != nil:
		f.add(path, "%v", err)
	case host == "":
		f.add(path, "%q names no host", text)
	default:
		f.port(path, port)
	}
}

func (f *findings) port(path []string, value any) {
	var number int
	switch v := value.(type) {
	case int:
		number = v
	case string:
		number, _ = strconv.Atoi(v)
	}
	if number < 1 || number > 65535 {
		f.add(path, "%v is no port", value)
	}
}
