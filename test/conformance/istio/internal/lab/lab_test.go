package lab

import (
	"net/netip"
	"testing"
)

func TestTheNodeAnswersForEveryAddressThatNoPodHas(t *testing.T) {
	network := NewNetwork(t)
	addresses := []netip.Addr{netip.MustParseAddr("10.244.1.10"), netip.MustParseAddr("fd00:10:244::10")}
	pod := network.AddPod(t, addresses...)
	other := network.AddPod(t, netip.MustParseAddr("10.244.2.20"), netip.MustParseAddr("fd00:10:244::20"))
	network.Node.Listen(t, "node", 9090)
	network.Node.ListenUDP(t, "node", netip.MustParseAddrPort("10.96.0.10:53"))
	network.Node.ListenUDP(t, "node", netip.MustParseAddrPort("[fd00:10:96::a]:53"))
	other.Listen(t, "other pod", 9090)
	pod.Listen(t, "pod", 8888)
	for _, c := range []struct {
		from         *Namespace
		protocol, to string
		want         string
	}{
		{pod, "tcp", "10.96.5.5:9090", "node"},
		{pod, "tcp", "203.0.113.9:9090", "node"},
		{pod, "tcp", "[2001:db8::7]:9090", "node"},
		{pod, "udp", "10.96.0.10:53", "node"},
		{pod, "udp", "[fd00:10:96::a]:53", "node"},
		{pod, "tcp", "10.244.2.20:9090", "other pod"},
		{pod, "tcp", "[fd00:10:244::20]:9090", "other pod"},
		{network.Node, "tcp", "10.244.1.10:8888", "pod"},
		{other, "tcp", "10.244.1.10:8888", "pod"},
	} {
		to := netip.MustParseAddrPort(c.to)
		answer, err := c.from.Dial(User{10001, 10001}, c.protocol, to)
		if err != nil || answer.Listener != c.want || (c.protocol == "tcp" && answer.Destination != to) {
			t.Errorf("%s: got %+v %v, want %s", c.to, answer, err, c.want)
		}
	}
}
