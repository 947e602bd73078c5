package target

import (
	"bufio"
	"crypto/tls"
	"net"
)

const tlsHandshake = 0x16

// Permissive is a listener that takes TLS and plaintext on one port, as a sidecar in PERMISSIVE mode does.
func Permissive(listener net.Listener, config *tls.Config) net.Listener {
	permissive := &permissive{Listener: listener, config: config, ready: make(chan net.Conn), done: make(chan struct{})}
	go permissive.sort()
	return permissive
}

type permissive struct {
	net.Listener
	config *tls.Config
	ready  chan net.Conn
	done   chan struct{}
}

func (p *permissive) sort() {
	defer close(p.done)
	for {
		conn, err := p.Listener.Accept()
		if err != nil {
			return
		}
		go func() {
			peeked := peekedConn{conn, bufio.NewReader(conn)}
			first, err := peeked.reader.Peek(1)
			var sorted net.Conn = peeked
			switch {
			case err != nil:
				conn.Close()
				return
			case first[0] == tlsHandshake:
				sorted = tls.Server(peeked, p.config)
			}
			select {
			case p.ready <- sorted:
			case <-p.done:
				conn.Close()
			}
		}()
	}
}

func (p *permissive) Accept() (net.Conn, error) {
	select {
	case conn := <-p.ready:
		return conn, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

type peekedConn struct {
	net.Conn
	reader *bufio.Reader
}

func (c peekedConn) Read(p []byte) (int, error) { return c.reader.Read(p) }
