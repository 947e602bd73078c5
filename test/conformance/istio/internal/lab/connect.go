package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// timeout is only reached when something is broken: what is refused is refused at once.
const timeout = 5 * time.Second

// Answer is what a listener tells whoever reaches it.
type Answer struct {
	// Listener is the name that the listener was given.
	Listener string
	// Destination is what the client dialled, before any redirection. TCP only.
	Destination netip.AddrPort
}

// Listen answers on a TCP port of every address of the namespace.
func (n *Namespace) Listen(t testing.TB, name string, port uint16) {
	t.Helper()
	for _, family := range []string{"tcp4", "tcp6"} {
		var listener net.Listener
		err := n.Do(func() (err error) {
			listener, err = net.Listen(family, fmt.Sprintf(":%d", port))
			return err
		})
		if err != nil {
			t.Fatalf("listen on %s port %d: %v", family, port, err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		go answer(listener, name)
	}
}

func answer(listener net.Listener, name string) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		destination, _ := originalDestination(connection.(*net.TCPConn))
		_ = json.NewEncoder(connection).Encode(Answer{name, destination})
		_ = connection.Close()
	}
}

// ListenUDP answers every packet to one address, which may be one that only routes lead to.
func (n *Namespace) ListenUDP(t testing.TB, name string, address netip.AddrPort) {
	t.Helper()
	var socket *net.UDPConn
	err := n.Do(func() (err error) {
		socket, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
		return err
	})
	if err != nil {
		t.Fatalf("listen on UDP %s: %v", address, err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	reply, _ := json.Marshal(Answer{Listener: name})
	go func() {
		for {
			_, client, err := socket.ReadFromUDPAddrPort(make([]byte, 1))
			if err != nil {
				return
			}
			_, _ = socket.WriteToUDPAddrPort(reply, client)
		}
	}()
}

// Dial connects as a user and returns what answered.
func (n *Namespace) Dial(user User, protocol string, to netip.AddrPort) (Answer, error) {
	var answer Answer
	connection, err := n.connect(user, protocol, to.String())
	if err != nil {
		return answer, err
	}
	defer func() { _ = connection.Close() }()
	if protocol == "udp" {
		if _, err := connection.Write([]byte{0}); err != nil {
			return answer, err
		}
	}
	if err := connection.SetDeadline(time.Now().Add(timeout)); err != nil {
		return answer, err
	}
	return answer, json.NewDecoder(connection).Decode(&answer)
}

func (n *Namespace) connect(user User, protocol, to string) (connection net.Conn, err error) {
	err = n.As(user, func() (err error) {
		connection, err = net.DialTimeout(protocol, to, timeout)
		return err
	})
	return connection, err
}

// originalDestination undoes netfilter's redirection.
func originalDestination(connection *net.TCPConn) (netip.AddrPort, error) {
	local := connection.LocalAddr().(*net.TCPAddr).AddrPort()
	local = netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
	raw, err := connection.SyscallConn()
	if err != nil {
		return local, err
	}
	destination := local
	failed := raw.Control(func(fd uintptr) {
		if local.Addr().Is4() {
			// Any option of at least 16 bytes serves to read a sockaddr_in.
			var value *unix.IPv6Mreq
			if value, err = unix.GetsockoptIPv6Mreq(int(fd), unix.IPPROTO_IP, unix.SO_ORIGINAL_DST); err == nil {
				port := uint16(value.Multiaddr[2])<<8 | uint16(value.Multiaddr[3])
				destination = netip.AddrPortFrom(netip.AddrFrom4([4]byte(value.Multiaddr[4:8])), port)
			}
			return
		}
		var value *unix.IPv6MTUInfo
		if value, err = unix.GetsockoptIPv6MTUInfo(int(fd), unix.IPPROTO_IPV6, unix.SO_ORIGINAL_DST); err == nil {
			port := value.Addr.Port>>8 | value.Addr.Port<<8 // Network byte order.
			destination = netip.AddrPortFrom(netip.AddrFrom16(value.Addr.Addr), port)
		}
	})
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOPROTOOPT) {
		err = nil // Not redirected, or no connection tracking in this namespace.
	}
	return destination, errors.Join(failed, err)
}
