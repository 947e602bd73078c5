// Package rbac compares what each part may do with what its configuration needs.
package rbac

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// grant is a list of rules in one namespace; the empty namespace is the whole cluster.
type grant struct {
	namespace string
	rules     []rbacv1.PolicyRule
}

// list and watch is what an informer calls.
var informer = []string{"list", "watch"}

// For pods the READMEs of k8s_attributes and of Prometheus' discovery also ask for `get`. It is allowed, not required.
var documented = []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}}}

// componentRules are the API calls of the collector's components, opentelemetry-collector-contrib 0.158.
var componentRules = map[string]func(name string, config goldens.Component) ([]grant, error){
	// receiver/kubeletstatsreceiver/README.md, "Role-based access control"; scraper.go: /stats/summary. Its options that
	// ask for /pods, volumes or node capacity need more, and are not rendered.
	"kubelet_stats": func(name string, config goldens.Component) ([]grant, error) {
		for _, option := range []string{"extra_metadata_labels", "k8s_api_config", "metrics"} {
			if config[option] != nil {
				return nil, fmt.Errorf("%s.%s: not in the allow-list yet", name, option)
			}
		}
		return []grant{{rules: []rbacv1.PolicyRule{rule("", []string{"nodes/stats"}, "get")}}}, nil
	},
	// receiver/k8sclusterreceiver/watcher.go, prepareSharedInformerFactory; EndpointSlice only with a metric that is off.
	"k8s_cluster": func(string, goldens.Component) ([]grant, error) {
		return []grant{{rules: []rbacv1.PolicyRule{
			rule("", []string{"namespaces", "nodes", "pods", "replicationcontrollers", "resourcequotas", "services"}, informer...),
			rule("apps", []string{"daemonsets", "deployments", "replicasets", "statefulsets"}, informer...),
			rule("batch", []string{"cronjobs", "jobs"}, informer...),
			rule("autoscaling", []string{"horizontalpodautoscalers"}, informer...),
		}}}, nil
	},
	// processor/k8sattributesprocessor/internal/kube/client.go, newInformers: pods alone, unless uids of owners or labels
	// and annotations are extracted. Deployment and CronJob names are derived from the names of ReplicaSets and Jobs.
	"k8s_attributes": func(name string, config goldens.Component) ([]grant, error) {
		extract, _ := config["extract"].(map[string]any)
		attributes, _ := extract["metadata"].([]any)
		needsMore := []any{"k8s.deployment.uid", "k8s.cronjob.uid", "k8s.node.uid", "k8s.cluster.uid"}
		if slices.ContainsFunc(attributes, func(attribute any) bool { return slices.Contains(needsMore, attribute) }) ||
			extract["labels"] != nil || extract["annotations"] != nil || extract["deployment_name_from_replicaset"] == false {
			return nil, fmt.Errorf("%s.extract: not in the allow-list yet", name)
		}
		return []grant{{rules: []rbacv1.PolicyRule{rule("", []string{"pods"}, informer...)}}}, nil
	},
	// extension/k8sleaderelector: client-go's LeaseLock gets and updates, and creates the Lease that does not exist.
	"k8s_leader_elector": func(_ string, config goldens.Component) ([]grant, error) {
		name, namespace := fmt.Sprint(config["lease_name"]), fmt.Sprint(config["lease_namespace"])
		lease := rule("coordination.k8s.io", []string{"leases"}, "get", "update")
		lease.ResourceNames = []string{name}
		creation := rule("coordination.k8s.io", []string{"leases"}, "create")
		return []grant{{namespace: namespace, rules: []rbacv1.PolicyRule{creation, lease}}}, nil
	},
}

// discoveryRules are the calls of Prometheus' discovery/kubernetes/kubernetes.go, Run, by role; also inside the collector.
var discoveryRules = map[string][]rbacv1.PolicyRule{
	"pod": {rule("", []string{"pods"}, informer...)},
	"endpointslice": {
		rule("discovery.k8s.io", []string{"endpointslices"}, informer...),
		rule("", []string{"pods", "services"}, informer...),
	},
	"service": {rule("", []string{"services"}, informer...)},
	"node":    {rule("", []string{"nodes"}, informer...)},
}

// managerRules repeats what test/scenarios.ts grants the manager: that is the user's choice. Whoever adds `rules` or
// `clusterRules` to a scenario adds them here.
var managerRules = map[string][]grant{
	"manager-with-rights": {
		{namespace: "telemetry-system", rules: []rbacv1.PolicyRule{rule("", []string{"configmaps"}, "get", "list", "watch")}},
		{rules: []rbacv1.PolicyRule{rule("telemetry.example", []string{"pipelines/status"}, "update")}},
	},
}

func rule(group string, resources []string, verbs ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: resources, Verbs: verbs}
}

// needs returns what the configuration of a part calls.
func needs(golden goldens.Golden, part goldens.Part) ([]grant, error) {
	if part.Role == goldens.Manager {
		return managerRules[golden.Name], nil
	}
	config, err := golden.Config(part)
	if err != nil {
		return nil, err
	}
	var needed []grant
	for name, component := range config.Started() {
		rules, known := componentRules[goldens.Type(name)]
		if !known {
			if component["auth_type"] != nil && component["auth_type"] != "none" {
				return nil, fmt.Errorf("%s: a component that uses the API and is not in the allow-list", name)
			}
			continue
		}
		grants, err := rules(name, component)
		if err != nil {
			return nil, err
		}
		needed = append(needed, grants...)
	}
	discoveries, err := config.Discoveries()
	if err != nil {
		return nil, err
	}
	for _, discovery := range discoveries {
		rules, known := discoveryRules[strings.ToLower(discovery.Role)]
		if !known || len(discovery.AttachMetadata) > 0 {
			return nil, fmt.Errorf("discovery by %q with attach_metadata %v: not in the allow-list yet", discovery.Role, discovery.AttachMetadata)
		}
		for _, namespace := range discoveredNamespaces(discovery, part) {
			needed = append(needed, grant{namespace: namespace, rules: rules})
		}
	}
	return needed, nil
}

func discoveredNamespaces(discovery goldens.Discovery, part goldens.Part) []string {
	namespaces := slices.Clone(discovery.Namespaces.Names)
	if discovery.Namespaces.OwnNamespace {
		namespaces = append(namespaces, part.Namespace)
	}
	if len(namespaces) == 0 {
		return []string{""}
	}
	return namespaces
}
