package lab

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"testing"
)

// Serve runs an HTTP server, with and without HTTP/2, on a port of every IPv4 address of the namespace.
func (n *Namespace) Serve(t testing.TB, port uint16, handler http.Handler, config *tls.Config) {
	t.Helper()
	var listener net.Listener
	err := n.Do(func() (err error) {
		listener, err = net.Listen("tcp4", fmt.Sprintf(":%d", port))
		return err
	})
	if err != nil {
		t.Fatalf("serve on port %d: %v", port, err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: handler, Protocols: protocols}
	t.Cleanup(func() { _ = server.Close() })
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	go func() { _ = server.Serve(listener) }()
}

// Client makes every request over a connection of its own, as a user. Names stand for addresses as in a hosts file.
func (n *Namespace) Client(user User, hosts map[string]netip.Addr, config *tls.Config, http2 bool) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	return &http.Client{Timeout: timeout, Transport: &http.Transport{
		TLSClientConfig:   config,
		Protocols:         protocols,
		DisableKeepAlives: true,
		DialContext: func(_ context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			if known, found := hosts[host]; found {
				host = known.String()
			}
			return n.connect(user, network, net.JoinHostPort(host, port))
		},
	}}
}
