package lab

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Addresses of the node.
var (
	NodeIP  = netip.MustParseAddr("10.10.0.7")
	nodeIP6 = netip.MustParseAddr("fd00:10:10::7")
)

// gateway6 is the node's address on every link to a pod.
var gateway6 = netip.MustParseAddr("fe80::1")

// Network is a node and its pods. The node forwards between pods and answers for every address that no pod has.
type Network struct {
	Node *Namespace
	pods int
}

// NewNetwork makes the node.
func NewNetwork(t testing.TB) *Network {
	t.Helper()
	network := &Network{Node: newNamespace(t)}
	if err := network.Node.Do(setUpNode); err != nil {
		t.Fatalf("node: %v", err)
	}
	return network
}

func setUpNode() error {
	loopback, err := linkUp("lo", NodeIP, nodeIP6)
	if err != nil {
		return err
	}
	// The last one is for listeners on addresses that only the routes below lead to; IPv4 needs nothing for them.
	for _, setting := range []string{"ipv4/ip_forward", "ipv6/conf/all/forwarding", "ipv6/ip_nonlocal_bind"} {
		if err := os.WriteFile("/proc/sys/net/"+setting, []byte("1"), 0); err != nil {
			return err
		}
	}
	// Whatever has no longer prefix in this table belongs to the node itself.
	for _, everything := range []string{"0.0.0.0/0", "::/0"} {
		route := &netlink.Route{
			LinkIndex: loopback.Attrs().Index, Dst: network(netip.MustParsePrefix(everything)),
			Table: unix.RT_TABLE_LOCAL, Type: unix.RTN_LOCAL, Scope: netlink.SCOPE_HOST,
		}
		if err := netlink.RouteAdd(route); err != nil {
			return fmt.Errorf("route %s: %w", everything, err)
		}
	}
	return nil
}

// AddPod makes a pod with these addresses and connects it with the node.
func (n *Network) AddPod(t testing.TB, addresses ...netip.Addr) *Namespace {
	t.Helper()
	pod := newNamespace(t)
	device := fmt.Sprintf("pod%d", n.pods)
	n.pods++
	err := n.Node.Do(func() error {
		attributes := netlink.NewLinkAttrs()
		attributes.Name = device
		veth := &netlink.Veth{LinkAttrs: attributes, PeerName: "eth0", PeerNamespace: netlink.NsFd(int(pod.handle))}
		if err := netlink.LinkAdd(veth); err != nil {
			return fmt.Errorf("veth: %w", err)
		}
		link, err := linkUp(device, gateway6)
		if err != nil {
			return err
		}
		return addRoutes(link, unix.RT_TABLE_LOCAL, addresses...)
	})
	if err == nil {
		err = pod.Do(func() error { return setUpPod(addresses) })
	}
	if err != nil {
		t.Fatalf("pod %v: %v", addresses, err)
	}
	return pod
}

func setUpPod(addresses []netip.Addr) error {
	if _, err := linkUp("lo"); err != nil {
		return err
	}
	link, err := linkUp("eth0", addresses...)
	if err != nil {
		return err
	}
	for _, address := range addresses {
		gateway, everything := NodeIP, "0.0.0.0/0"
		if address.Is6() {
			gateway, everything = gateway6, "::/0"
		}
		if err := addRoutes(link, unix.RT_TABLE_MAIN, gateway); err != nil {
			return err
		}
		route := &netlink.Route{
			LinkIndex: link.Attrs().Index, Dst: network(netip.MustParsePrefix(everything)),
			Gw: gateway.AsSlice(), Flags: int(netlink.FLAG_ONLINK),
		}
		if err := netlink.RouteAdd(route); err != nil {
			return fmt.Errorf("default route: %w", err)
		}
	}
	return nil
}

func linkUp(name string, addresses ...netip.Addr) (netlink.Link, error) {
	link, err := netlink.LinkByName(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, address := range addresses {
		// Without duplicate address detection an IPv6 address can be used at once.
		entry := &netlink.Addr{IPNet: network(netip.PrefixFrom(address, address.BitLen())), Flags: unix.IFA_F_NODAD}
		if err := netlink.AddrAdd(link, entry); err != nil {
			return nil, fmt.Errorf("%s: address %s: %w", name, address, err)
		}
	}
	return link, netlink.LinkSetUp(link)
}

func addRoutes(link netlink.Link, table int, hosts ...netip.Addr) error {
	for _, host := range hosts {
		route := &netlink.Route{
			LinkIndex: link.Attrs().Index, Dst: network(netip.PrefixFrom(host, host.BitLen())),
			Table: table, Scope: netlink.SCOPE_LINK,
		}
		if err := netlink.RouteAdd(route); err != nil {
			return fmt.Errorf("route to %s: %w", host, err)
		}
	}
	return nil
}

func network(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}
}
