// Package injection sends every rendered pod through Istio's own injector and reads back what became of it.
package injection

import (
	"errors"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/istio"
)

// injected is an agent's pod before and after the injector.
type injected struct {
	agent    golden.Agent
	install  *istio.Install
	pod      *corev1.Pod
	warnings []string
}

// collector is the agent's own container after injection.
func (i injected) collector() *corev1.Container { return golden.Container(i.pod, i.agent.Container) }

// proxy is the sidecar, wherever the injector put it.
func (i injected) proxy() (*corev1.Container, error) {
	if proxy := golden.Container(i.pod, "istio-proxy"); proxy != nil {
		return proxy, nil
	}
	return nil, errors.New("no istio-proxy")
}

// check is one sentence about an injected agent.
type check struct {
	name string
	run  func(injected) error
}

// Names of the checks; mutations refer to them.
const (
	webhookSelects     = "the webhook selects its pods by their labels"
	noWarnings         = "the injector has nothing to warn about"
	initArgs           = "istio-init gets exactly what the annotations say"
	explicitRanges     = "no annotation about capture is left to the mesh's defaults"
	canonicalPorts     = "ports are sorted, unique and canonical"
	metricsExcluded    = "its own metrics are readable past Envoy"
	knownAnnotations   = "Istio knows every label and annotation"
	knownProxyConfig   = "Istio knows every key of the proxy's configuration"
	certificates       = "Istio certificates are written where the scrape jobs read them"
	mountedFiles       = "every file that a scrape job reads is mounted"
	proxyFirst         = "the proxy is ready before the collector starts"
	proxyLast          = "the proxy outlives the collector's queues and not the pod"
	rewrittenProbes    = "every probe leads through pilot-agent back to its port"
	volumesFit         = "every mount has a volume, and nothing is named or mounted twice"
	notAnnounced       = "nobody is told to scrape its proxy"
	proxyResources     = "the proxy has requests and limits"
	collectorIsNoProxy = "the collector does not run as the proxy's user"
)

var checks = []check{
	{webhookSelects, checkWebhook},
	{noWarnings, checkWarnings},
	{initArgs, checkInitArgs},
	{explicitRanges, checkExplicit},
	{canonicalPorts, checkCanonical},
	{metricsExcluded, checkMetricsExcluded},
	{knownAnnotations, checkKnownAnnotations},
	{knownProxyConfig, checkProxyConfig},
	{certificates, checkCertificates},
	{mountedFiles, checkFiles},
	{proxyFirst, checkProxyFirst},
	{proxyLast, checkProxyLast},
	{rewrittenProbes, checkProbes},
	{volumesFit, checkVolumes},
	{notAnnounced, checkNotAnnounced},
	{proxyResources, checkResources},
	{collectorIsNoProxy, checkUsers},
}

// cluster is a way to inject: Istio uses native sidecars by default where all nodes support them.
type cluster struct {
	name   string
	cni    bool
	inject func(*istio.Install, *corev1.Pod) (*corev1.Pod, []string, error)
}

var clusters = []cluster{
	{"on old nodes", false, (*istio.Install).Inject},
	{"on nodes with native sidecars", false, (*istio.Install).InjectNative},
	{"on old nodes with istio-cni", true, (*istio.Install).Inject},
	{"on nodes with native sidecars and istio-cni", true, (*istio.Install).InjectNative},
}

func (c cluster) run(t testing.TB, agent golden.Agent) (injected, error) {
	t.Helper()
	install := istio.New(t, istio.Options{Revision: agent.Template.Labels["istio.io/rev"], CNI: c.cni})
	pod, warnings, err := c.inject(install, agent.Pod())
	return injected{agent, install, pod, warnings}, err
}

func checkWebhook(i injected) error {
	names, err := i.install.Webhooks(nil, i.agent.Pod())
	if err != nil {
		return err
	}
	if len(names) != 1 {
		return fmt.Errorf("in a namespace without labels these webhooks select the pod: %q", names)
	}
	return nil
}

func checkWarnings(i injected) error {
	if len(i.warnings) > 0 {
		return fmt.Errorf("the injector warns: %q", i.warnings)
	}
	return nil
}

func checkNotAnnounced(i injected) error {
	for _, name := range []string{"prometheus.io/scrape", "prometheus.io/port", "prometheus.io/path"} {
		if before, after := i.agent.Template.Annotations[name], i.pod.Annotations[name]; before != after {
			return fmt.Errorf("the injector changes %s from %q to %q", name, before, after)
		}
	}
	return nil
}

func checkResources(i injected) error {
	proxy, err := i.proxy()
	if err != nil {
		return err
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		if proxy.Resources.Requests.Name(name, "").IsZero() || proxy.Resources.Limits.Name(name, "").IsZero() {
			return fmt.Errorf("the proxy has no request or no limit of %s: %v", name, proxy.Resources)
		}
	}
	return nil
}

func checkUsers(i injected) error {
	proxy, err := i.proxy()
	if err != nil {
		return err
	}
	uid, gid, err := i.agent.User()
	if err != nil {
		return err
	}
	if int64(uid) == *proxy.SecurityContext.RunAsUser || int64(gid) == *proxy.SecurityContext.RunAsGroup {
		return fmt.Errorf("user %d and group %d bypass all rules", uid, gid)
	}
	return nil
}
