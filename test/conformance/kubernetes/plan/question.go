package plan

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// The API server is a client, what lies outside is a server: other roles have no address in a traffic plan.
const apiServer = "10.10.0.4"

var outside = []string{"203.0.113.7", "203.0.113.200", "198.51.100.1", "2001:db8::7", "2001:db8:1::7"}

// end is a pod or an address.
type end struct {
	pod     *corev1.Pod
	address string
}

func (e end) String() string {
	if e.pod == nil {
		return e.address
	}
	return e.pod.Namespace + "/" + e.pod.Name
}

// question is one possible connection.
type question struct {
	from, to end
	port     int32
	protocol corev1.Protocol
}

func (q question) String() string {
	return fmt.Sprintf("%s -> %s %d/%s", q.from, q.to, q.port, q.protocol)
}

// portName is the name that the port has at the pod which is called.
func (q question) portName() string {
	if q.to.pod == nil {
		return ""
	}
	for _, open := range q.to.pod.Spec.Containers[0].Ports {
		protocol := open.Protocol
		if protocol == "" {
			protocol = corev1.ProtocolTCP
		}
		if open.ContainerPort == q.port && protocol == q.protocol {
			return open.Name
		}
	}
	return ""
}

// questions are all connections to ports that policies can tell apart.
func (w *world) questions() []question {
	var all []question
	ask := func(from, to end) {
		for _, port := range []int32{79, 80, 81, 82} {
			all = append(all, question{from, to, port, corev1.ProtocolTCP}, question{from, to, port, corev1.ProtocolUDP})
		}
	}
	for _, pod := range w.pods {
		ask(end{address: apiServer}, end{pod: pod})
		for _, other := range w.pods {
			if other != pod { // A pod always reaches itself, whatever the policies say.
				ask(end{pod: pod}, end{pod: other})
			}
		}
		for _, address := range outside {
			ask(end{pod: pod}, end{address: address})
		}
	}
	return all
}
