package world

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// worlds are numbered, so that those that run at the same time have addresses of their own.
var worlds atomic.Int64

// network hands out addresses and remembers names. In the sandbox every address is local.
type network struct {
	number int64
	ipv6   bool
	mu     sync.Mutex
	last   int
	hosts  map[string]string
}

func newNetwork(ipv6 bool) *network {
	return &network{number: worlds.Add(1), ipv6: ipv6, hosts: map[string]string{}}
}

func (n *network) address() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last++
	if n.ipv6 {
		return fmt.Sprintf("fd00:%x::%x", n.number, n.last)
	}
	return fmt.Sprintf("10.%d.%d.%d", n.number, n.last/250, n.last%250+1)
}

// named is the address of a host name, the same each time; an address is its own name.
func (n *network) named(host string) string {
	if net.ParseIP(host) != nil {
		return host
	}
	n.mu.Lock()
	address, known := n.hosts[host]
	n.mu.Unlock()
	if known {
		return address
	}
	address = n.address()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[host] = address
	return address
}

// hostsFile resolves the names, and localhost to the pod itself.
func (n *network) hostsFile(self string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var file strings.Builder
	fmt.Fprintf(&file, "%s localhost\n", self)
	for host, address := range n.hosts {
		fmt.Fprintf(&file, "%s %s\n", address, host)
	}
	return file.String()
}

// serve runs an HTTP server until the test ends; config is nil for plaintext.
func serve(t *testing.T, address, port string, config *tls.Config, handler http.Handler) {
	t.Helper()
	listener := listen(t, address, port)
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	serveOn(t, listener, handler)
}

func listen(t *testing.T, address, port string) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", net.JoinHostPort(address, port))
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func serveOn(t *testing.T, listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
}
