package kubeapi

import (
	"encoding/json"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

type event struct {
	Type   string `json:"type"`
	Object any    `json:"object"`
}

// watch streams what is there, if the client asks for that, and then nothing: the objects of a test do not change.
func (s *Server) watch(w http.ResponseWriter, r *http.Request, request request) {
	selected, version, err := s.selected(r, request)
	if err != nil {
		fail(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	encoder := json.NewEncoder(w)
	if r.URL.Query().Get("sendInitialEvents") == "true" {
		for _, object := range selected {
			_ = encoder.Encode(event{"ADDED", object.Object})
		}
		_ = encoder.Encode(event{"BOOKMARK", map[string]any{
			"apiVersion": metav1.GroupVersion{Group: request.group, Version: request.version}.String(),
			"kind":       kindOf(request),
			"metadata": map[string]any{
				"resourceVersion": version,
				"annotations":     map[string]string{metav1.InitialEventsAnnotationKey: "true"},
			},
		}})
	}
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}
