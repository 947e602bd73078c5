package netpol

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/np-guard/netpol-analyzer/pkg/logger"
	"github.com/np-guard/netpol-analyzer/pkg/netpol/connlist"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/resource"
)

// analyzer is netpol-analyzer's list of all connections. Addresses come in ranges there, cut where some policy cuts.
type analyzer struct {
	pods        map[string]bool
	ranges      []addressRange
	connections map[[2]string]connlist.Peer2PeerConnection
}

type addressRange struct {
	first, last netip.Addr
	name        string
}

func newAnalyzer(w *world) (*analyzer, error) {
	infos, err := w.resources()
	if err != nil {
		return nil, err
	}
	quiet := logger.NewDefaultLoggerWithVerbosity(logger.LowVerbosity)
	list := connlist.NewConnlistAnalyzer(connlist.WithLogger(quiet), connlist.WithMuteErrsAndWarns())
	connections, peers, err := list.ConnlistFromResourceInfos(infos)
	if err != nil {
		return nil, fmt.Errorf("netpol-analyzer: %w", err)
	}
	// A policy it cannot read is skipped, which shows as "everything is allowed".
	for _, problem := range list.Errors() {
		return nil, fmt.Errorf("netpol-analyzer: %w", problem.Error())
	}
	a := &analyzer{pods: map[string]bool{}, connections: map[[2]string]connlist.Peer2PeerConnection{}}
	for _, peer := range peers {
		if !peer.IsPeerIPType() {
			a.pods[peerName(peer)] = true
			continue
		}
		first, last, _ := strings.Cut(peer.IP(), "-")
		a.ranges = append(a.ranges, addressRange{netip.MustParseAddr(first), netip.MustParseAddr(last), peer.IP()})
	}
	for _, connection := range connections {
		a.connections[[2]string{peerName(connection.Src()), peerName(connection.Dst())}] = connection
	}
	return a, nil
}

func peerName(peer connlist.Peer) string {
	if peer.IsPeerIPType() {
		return peer.IP()
	}
	return peer.Namespace() + "/" + peer.Name()
}

func (a *analyzer) name() string { return "netpol-analyzer" }

// It reads the first 32 bits of an IPv6 range as an IPv4 range: `::/0` would be every IPv4 address. So IPv6 peers are
// taken out of its input, and cyclonus alone answers about IPv6.
func (a *analyzer) canExpress(q question) bool { return !q.from.isIPv6() && !q.to.isIPv6() }

func (a *analyzer) allows(q question) (bool, error) {
	from, err := a.find(q.from)
	if err != nil {
		return false, err
	}
	to, err := a.find(q.to)
	if err != nil {
		return false, err
	}
	connection, ok := a.connections[[2]string{from, to}]
	if !ok {
		return false, nil
	}
	if connection.AllProtocolsAndPorts() {
		return true, nil
	}
	for _, open := range connection.ProtocolsAndPorts()[q.port.Protocol] {
		if open.Start() <= int64(q.port.Number) && int64(q.port.Number) <= open.End() {
			return true, nil
		}
	}
	return false, nil
}

func (a *analyzer) find(e *endpoint) (string, error) {
	if !e.isAddress() {
		if !a.pods[e.String()] {
			return "", fmt.Errorf("netpol-analyzer does not know the pods of %s", e)
		}
		return e.String(), nil
	}
	address := netip.MustParseAddr(e.Address)
	for _, r := range a.ranges {
		if r.first.Compare(address) <= 0 && address.Compare(r.last) <= 0 {
			return r.name, nil
		}
	}
	return "", fmt.Errorf("netpol-analyzer has no range with %s", e)
}

// resources is the world in the form netpol-analyzer reads: namespaces, pods, policies.
func (w *world) resources() ([]*resource.Info, error) {
	var infos []*resource.Info
	add := func(kind, apiVersion string, object runtime.Object) error {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			return err
		}
		u := &unstructured.Unstructured{Object: content}
		u.SetKind(kind)
		u.SetAPIVersion(apiVersion)
		infos = append(infos, &resource.Info{Source: w.golden.Name, Object: u})
		return nil
	}
	for name, labels := range w.namespaces {
		if err := add("Namespace", "v1", &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}); err != nil {
			return nil, err
		}
	}
	for _, e := range w.endpoints {
		if e.isAddress() {
			continue
		}
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: e.Name, Namespace: e.Namespace, Labels: e.Labels}}
		if err := add("Pod", "v1", pod); err != nil {
			return nil, err
		}
	}
	ipv4Only := func(peer networkingv1.NetworkPolicyPeer) bool {
		return peer.IPBlock == nil || !strings.Contains(peer.IPBlock.CIDR, ":")
	}
	for _, policy := range withPeers(w.policies, ipv4Only) {
		if err := add("NetworkPolicy", "networking.k8s.io/v1", policy); err != nil {
			return nil, err
		}
	}
	return infos, nil
}
