// Package kubeapi is a small Kubernetes API server: discovery, get, list, watch, create and update of objects that a test puts in.
// It admits exactly what the rendered RBAC objects allow, so a missing rule fails as it would in a cluster.
package kubeapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Server holds the objects of one cluster.
type Server struct {
	mu       sync.Mutex
	objects  []*Object
	version  int
	accounts map[string]*account
	denied   map[string]bool
}

// New is a cluster without objects, in which nobody may do anything.
func New() *Server {
	return &Server{accounts: map[string]*account{}, denied: map[string]bool{}}
}

// request is what authorization decides about.
type request struct {
	verb, group, version, resource, subresource, namespace, name string
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	account, ok := s.authenticate(r)
	if !ok {
		fail(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "unknown token")
		return
	}
	if discover(w, r.URL.Path) {
		return
	}
	request, ok := parse(r)
	if !ok {
		fail(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no such path: "+r.URL.Path)
		return
	}
	if !account.may(request) {
		s.deny(w, account, request)
		return
	}
	switch request.verb {
	case "get":
		s.get(w, request)
	case "list":
		s.list(w, r, request)
	case "watch":
		s.watch(w, r, request)
	case "create":
		s.create(w, r, request)
	case "update":
		s.update(w, r, request)
	default:
		fail(w, http.StatusMethodNotAllowed, metav1.StatusReasonMethodNotAllowed, request.verb+" is not supported")
	}
}

// parse splits /api/v1/... and /apis/<group>/<version>/..., with or without a namespace.
func parse(r *http.Request) (request, bool) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	var found request
	switch {
	case len(parts) >= 3 && parts[0] == "api":
		found.version, parts = parts[1], parts[2:]
	case len(parts) >= 4 && parts[0] == "apis":
		found.group, found.version, parts = parts[1], parts[2], parts[3:]
	default:
		return found, false
	}
	if len(parts) >= 3 && parts[0] == "namespaces" {
		found.namespace, parts = parts[1], parts[2:]
	}
	found.resource = parts[0]
	if len(parts) > 1 {
		found.name = parts[1]
	}
	if len(parts) > 2 {
		found.subresource = parts[2]
	}
	found.verb = verb(r, found.name)
	return found, true
}

func verb(r *http.Request, name string) string {
	watch := r.URL.Query().Get("watch")
	switch {
	case r.Method == http.MethodPut:
		return "update"
	case r.Method == http.MethodPost:
		return "create"
	case r.Method != http.MethodGet:
		return strings.ToLower(r.Method)
	case watch == "true" || watch == "1":
		return "watch"
	case name == "":
		return "list"
	}
	return "get"
}

func reply(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, code int, reason metav1.StatusReason, message string) {
	reply(w, code, metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
		Status:   metav1.StatusFailure, Code: int32(code), Reason: reason, Message: message,
	})
}
