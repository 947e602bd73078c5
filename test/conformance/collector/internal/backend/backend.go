// Package backend reads from a collector config who is to receive what: where each exporter dials, and what it must show.
package backend

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sink"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Backend is the destination of one exporter.
type Backend struct {
	Exporter string
	Protocol sink.Protocol
	Host     string
	Port     string
	Path     string
	TLS      bool
	// ServerName that the exporter expects of the certificate.
	ServerName string
	// ClientCertificate: the exporter shows one.
	ClientCertificate bool
	// Headers that every request must carry.
	Headers map[string]string
	// Token is where the exporter fetches its bearer token, if it does.
	Token *TokenServer
}

// Name is what alerts call it.
func (b *Backend) Name() string {
	_, name, _ := strings.Cut(b.Exporter, "/")
	return name
}

// All are the backends of a config. resolve gives the content of a file or the text after expansion of variables.
func All(config tree.Map, resolve Resolver) ([]*Backend, error) {
	var backends []*Backend
	exporters := tree.At(config, "exporters")
	for _, id := range tree.Keys(exporters) {
		kind, _, _ := strings.Cut(id, "/")
		exporter := tree.At(exporters, id)
		b := &Backend{Exporter: id, Protocol: sink.Protocol(kind), Headers: map[string]string{}}
		var err error
		switch b.Protocol {
		case sink.OTLPGRPC:
			err = b.grpc(exporter, resolve)
		case sink.OTLPHTTP, sink.RemoteWrite:
			err = b.http(exporter, resolve)
		default:
			continue // Serves or prints, and dials nobody.
		}
		if err == nil {
			err = b.credentials(config, exporter, resolve)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		backends = append(backends, b)
	}
	return backends, nil
}

func (b *Backend) grpc(exporter tree.Map, resolve Resolver) error {
	endpoint := resolve.Text(tree.String(exporter, "endpoint"))
	insecure, _ := tree.At(exporter, "tls")["insecure"].(bool)
	b.TLS = !insecure
	if scheme, rest, ok := strings.Cut(endpoint, "://"); ok {
		b.TLS, endpoint = scheme == "https", rest
	}
	var err error
	b.Host, b.Port, err = net.SplitHostPort(endpoint)
	return err
}

func (b *Backend) http(exporter tree.Map, resolve Resolver) error {
	text := resolve.Text(tree.String(exporter, "endpoint"))
	suffix := ""
	if b.Protocol == sink.OTLPHTTP {
		suffix = "/v1/metrics"
	}
	if whole := tree.String(exporter, "metrics_endpoint"); whole != "" {
		text, suffix = resolve.Text(whole), ""
	}
	endpoint, err := url.Parse(text)
	if err != nil {
		return err
	}
	b.TLS = endpoint.Scheme == "https"
	b.Host, b.Port = hostPort(endpoint)
	b.Path = strings.TrimSuffix(endpoint.Path, "/") + suffix
	return nil
}

func hostPort(endpoint *url.URL) (host, port string) {
	host, port = endpoint.Hostname(), endpoint.Port()
	if port == "" && endpoint.Scheme == "https" {
		port = "443"
	} else if port == "" {
		port = "80"
	}
	return host, port
}
