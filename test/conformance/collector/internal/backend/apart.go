package backend

import (
	"net"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// TellApart gives exporters that dial one address a host name each, so that each can have a sink of its own.
func TellApart(config tree.Map) {
	exporters := tree.At(config, "exporters")
	byAddress := map[string][]string{}
	for _, id := range tree.Keys(exporters) {
		authority, _ := authority(exporters[id])
		byAddress[authority] = append(byAddress[authority], id)
	}
	for address, ids := range byAddress {
		host := address
		if name, _, err := net.SplitHostPort(address); err == nil {
			host = name
		}
		if len(ids) == 1 || address == "" || net.ParseIP(host) != nil {
			continue
		}
		for _, id := range ids {
			_, key := authority(exporters[id])
			_, name, _ := strings.Cut(id, "/")
			exporter := tree.At(exporters, id)
			exporter[key] = strings.Replace(tree.String(exporter, key), host, name+"."+host, 1)
		}
	}
}

// authority is the host, with the port if there is one, and the key where it stands.
func authority(exporter any) (address, key string) {
	key = "endpoint"
	if tree.String(exporter, "metrics_endpoint") != "" {
		key = "metrics_endpoint"
	}
	_, rest, isURL := strings.Cut(tree.String(exporter, key), "://")
	if !isURL {
		return tree.String(exporter, key), key
	}
	address, _, _ = strings.Cut(rest, "/")
	return address, key
}
