package sink

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync/atomic"
)

// Protocol of an exporter.
type Protocol string

// Protocols, by the type of the exporter that speaks them.
const (
	OTLPGRPC    Protocol = "otlp_grpc"
	OTLPHTTP    Protocol = "otlp_http"
	RemoteWrite Protocol = "prometheus_remote_write"
)

// Sink is a backend.
type Sink struct {
	*Ledger
	protocol  Protocol
	address   string
	config    *tls.Config
	path      string
	refusing  atomic.Bool
	rejecting atomic.Bool
	authorize func(header func(string) []string) bool
	stop      func()
}

// Options of a sink.
type Options struct {
	Protocol Protocol
	Address  string
	// Path of the HTTP protocols.
	Path string
	// TLS is nil for plaintext.
	TLS *tls.Config
	// Authorize decides by the headers of a request.
	Authorize func(header func(string) []string) bool
}

// Start listens.
func Start(options Options) (*Sink, error) {
	sink := &Sink{
		Ledger: newLedger(), protocol: options.Protocol, address: options.Address, config: options.TLS,
		path: options.Path, authorize: options.Authorize,
	}
	return sink, sink.listen()
}

func (s *Sink) listen() error {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", s.address)
	if err != nil {
		return err
	}
	switch s.protocol {
	case OTLPGRPC:
		s.serveGRPC(listener)
	case OTLPHTTP:
		s.serveHTTP(listener, s.takeOTLP)
	case RemoteWrite:
		s.serveHTTP(listener, s.takeRemoteWrite)
	default:
		return fmt.Errorf("protocol %q is unknown here", s.protocol)
	}
	return nil
}

// Refuse answers every request with "unavailable", as a backend behind a proxy does that is down for a moment.
func (s *Sink) Refuse(refuse bool) { s.refusing.Store(refuse) }

// Reject answers every request with "invalid": sending it again will not help.
func (s *Sink) Reject(reject bool) { s.rejecting.Store(reject) }

// Die stops listening: connections are refused from now on.
func (s *Sink) Die() { s.stop() }
