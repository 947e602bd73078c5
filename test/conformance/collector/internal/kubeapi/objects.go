package kubeapi

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// Object is stored as it is sent.
type Object struct {
	kind metav1.APIResource
	*unstructured.Unstructured
}

// Add puts an object into the cluster.
func (s *Server) Add(kind string, object runtime.Object) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return err
	}
	for _, known := range kinds {
		if known.Kind == kind {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.add(known, content)
			return nil
		}
	}
	return fmt.Errorf("kind %s is unknown here", kind)
}

func (s *Server) add(kind metav1.APIResource, content map[string]any) *Object {
	object := &Object{kind, &unstructured.Unstructured{Object: content}}
	object.SetAPIVersion(metav1.GroupVersion{Group: kind.Group, Version: kind.Version}.String())
	object.SetKind(kind.Kind)
	s.store(object)
	s.objects = append(s.objects, object)
	return object
}

// create refuses a second object of one name: leader election rests on that, too.
func (s *Server) create(w http.ResponseWriter, r *http.Request, request request) {
	content, err := decode(r.Body)
	if err != nil {
		fail(w, http.StatusUnsupportedMediaType, metav1.StatusReasonUnsupportedMediaType, err.Error())
		return
	}
	request.name = (&unstructured.Unstructured{Object: content}).GetName()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.find(request) != nil {
		fail(w, http.StatusConflict, metav1.StatusReasonAlreadyExists, request.name+" already exists")
		return
	}
	for _, known := range kinds {
		if known.Group == request.group && known.Name == request.resource {
			reply(w, http.StatusCreated, s.add(known, content).Unstructured)
			return
		}
	}
	fail(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no such resource: "+request.resource)
}

func (s *Server) store(object *Object) {
	s.version++
	object.SetResourceVersion(strconv.Itoa(s.version))
}

func (s *Server) find(r request) *Object {
	for _, object := range s.objects {
		if object.is(r) && object.GetName() == r.name {
			return object
		}
	}
	return nil
}

func (o *Object) is(r request) bool {
	return o.kind.Group == r.group && o.kind.Name == r.resource && (r.namespace == "" || o.GetNamespace() == r.namespace)
}

func (s *Server) get(w http.ResponseWriter, r request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if object := s.find(r); object != nil {
		reply(w, http.StatusOK, object.Unstructured)
		return
	}
	fail(w, http.StatusNotFound, metav1.StatusReasonNotFound, r.resource+" "+r.name+" not found")
}

// update replaces an object unless somebody else did so first: leader election rests on that.
func (s *Server) update(w http.ResponseWriter, r *http.Request, request request) {
	content, err := decode(r.Body)
	if err != nil {
		fail(w, http.StatusUnsupportedMediaType, metav1.StatusReasonUnsupportedMediaType, err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	object := s.find(request)
	updated := &unstructured.Unstructured{Object: content}
	updated.SetAPIVersion(metav1.GroupVersion{Group: request.group, Version: request.version}.String())
	updated.SetKind(kindOf(request))
	switch {
	case object == nil:
		fail(w, http.StatusNotFound, metav1.StatusReasonNotFound, request.name+" not found")
	case updated.GetResourceVersion() != "" && updated.GetResourceVersion() != object.GetResourceVersion():
		fail(w, http.StatusConflict, metav1.StatusReasonConflict, "the object has been modified")
	default:
		object.Unstructured = updated
		s.store(object)
		reply(w, http.StatusOK, updated)
	}
}

// decode takes JSON and the binary form in which typed clients send.
func decode(body io.Reader) (map[string]any, error) {
	sent, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(sent, nil, nil)
	if err != nil {
		return nil, err
	}
	return runtime.DefaultUnstructuredConverter.ToUnstructured(object)
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, request request) {
	selected, version, err := s.selected(r, request)
	if err != nil {
		fail(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	items := make([]any, len(selected))
	for i, object := range selected {
		items[i] = object.Object
	}
	reply(w, http.StatusOK, map[string]any{
		"apiVersion": metav1.GroupVersion{Group: request.group, Version: request.version}.String(),
		"kind":       kindOf(request) + "List",
		"metadata":   map[string]any{"resourceVersion": version},
		"items":      items,
	})
}

// selected are copies of the objects that a list or watch asks for.
func (s *Server) selected(r *http.Request, request request) ([]*unstructured.Unstructured, string, error) {
	labelSelector, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	if err != nil {
		return nil, "", err
	}
	fieldSelector, err := fields.ParseSelector(r.URL.Query().Get("fieldSelector"))
	if err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var selected []*unstructured.Unstructured
	for _, object := range s.objects {
		if object.is(request) && labelSelector.Matches(labels.Set(object.GetLabels())) && fieldSelector.Matches(object.fields()) {
			selected = append(selected, object.DeepCopy())
		}
	}
	return selected, strconv.Itoa(s.version), nil
}

func (o *Object) fields() fields.Set {
	node, _, _ := unstructured.NestedString(o.Object, "spec", "nodeName")
	phase, _, _ := unstructured.NestedString(o.Object, "status", "phase")
	return fields.Set{
		"metadata.name": o.GetName(), "metadata.namespace": o.GetNamespace(),
		"spec.nodeName": node, "status.phase": phase,
	}
}

func kindOf(r request) string {
	for _, kind := range kinds {
		if kind.Group == r.group && kind.Name == r.resource {
			return kind.Kind
		}
	}
	return ""
}
