package kubeapi

import (
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// kinds are what clients of the agent and of Prometheus ask for.
var kinds = []metav1.APIResource{
	resource("", "v1", "endpoints", "Endpoints", true),
	resource("", "v1", "namespaces", "Namespace", false),
	resource("", "v1", "nodes", "Node", false),
	resource("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true),
	resource("", "v1", "persistentvolumes", "PersistentVolume", false),
	resource("", "v1", "pods", "Pod", true),
	resource("", "v1", "replicationcontrollers", "ReplicationController", true),
	resource("", "v1", "resourcequotas", "ResourceQuota", true),
	resource("", "v1", "services", "Service", true),
	resource("apps", "v1", "daemonsets", "DaemonSet", true),
	resource("apps", "v1", "deployments", "Deployment", true),
	resource("apps", "v1", "replicasets", "ReplicaSet", true),
	resource("apps", "v1", "statefulsets", "StatefulSet", true),
	resource("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true),
	resource("batch", "v1", "cronjobs", "CronJob", true),
	resource("batch", "v1", "jobs", "Job", true),
	resource("coordination.k8s.io", "v1", "leases", "Lease", true),
	resource("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true),
}

func resource(group, version, name, kind string, namespaced bool) metav1.APIResource {
	return metav1.APIResource{
		Group: group, Version: version, Name: name, Kind: kind, Namespaced: namespaced,
		Verbs: metav1.Verbs{"get", "list", "watch", "create", "update"},
	}
}

// discover answers what groups, versions and resources there are.
func discover(w http.ResponseWriter, path string) bool {
	switch path = strings.Trim(path, "/"); {
	case path == "version":
		reply(w, http.StatusOK, map[string]string{"major": "1", "minor": "34", "gitVersion": "v1.34.0"})
	case path == "api":
		reply(w, http.StatusOK, metav1.APIVersions{
			TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"},
		})
	case path == "apis":
		reply(w, http.StatusOK, groups())
	default:
		group, version, ok := groupVersion(path)
		if !ok {
			return false
		}
		list := metav1.APIResourceList{
			TypeMeta:     metav1.TypeMeta{APIVersion: "v1", Kind: "APIResourceList"},
			GroupVersion: strings.TrimPrefix(group+"/"+version, "/"),
		}
		for _, kind := range kinds {
			if kind.Group == group && kind.Version == version {
				list.APIResources = append(list.APIResources, kind)
			}
		}
		if len(list.APIResources) == 0 {
			fail(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no such group version")
		} else {
			reply(w, http.StatusOK, list)
		}
	}
	return true
}

func groupVersion(path string) (group, version string, ok bool) {
	parts := strings.Split(path, "/")
	switch {
	case len(parts) == 2 && parts[0] == "api":
		return "", parts[1], true
	case len(parts) == 3 && parts[0] == "apis":
		return parts[1], parts[2], true
	}
	return "", "", false
}

func groups() metav1.APIGroupList {
	list := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "APIGroupList"}}
	seen := map[string]bool{"": true}
	for _, kind := range kinds {
		if seen[kind.Group] {
			continue
		}
		seen[kind.Group] = true
		version := metav1.GroupVersionForDiscovery{GroupVersion: kind.Group + "/" + kind.Version, Version: kind.Version}
		list.Groups = append(list.Groups, metav1.APIGroup{
			Name: kind.Group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version,
		})
	}
	return list
}
