package apiserver

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"k8s.io/apiextensions-apiserver/pkg/apihelpers"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

const fieldManager = "conformance"

// cluster is the administrator's view of the server.
type cluster struct {
	config   *rest.Config
	typed    *kubernetes.Clientset
	objects  *dynamic.DynamicClient
	mapper   *restmapper.DeferredDiscoveryRESTMapper
	warnings *recorder
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	config := startServer(t)
	warnings := &recorder{}
	config.WarningHandler = warnings
	cached := memory.NewMemCacheClient(discovery.NewDiscoveryClientForConfigOrDie(config))
	c := &cluster{
		config:   config,
		typed:    kubernetes.NewForConfigOrDie(config),
		objects:  dynamic.NewForConfigOrDie(config),
		mapper:   restmapper.NewDeferredDiscoveryRESTMapper(cached),
		warnings: warnings,
	}
	c.installCRDs(t)
	return c
}

// recorder keeps the warnings of one request after the other.
type recorder struct {
	mu    sync.Mutex
	texts []string
}

// HandleWarningHeader implements rest.WarningHandler.
func (r *recorder) HandleWarningHeader(_ int, _ string, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts = append(r.texts, text)
}

func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	texts := r.texts
	r.texts = nil
	return texts
}

func (c *cluster) installCRDs(t *testing.T) {
	t.Helper()
	var names []string
	for _, definition := range goldens.CRDs(t) {
		if err := c.apply(t.Context(), definition); err != nil {
			t.Fatal(err)
		}
		names = append(names, definition.GetName())
	}
	client := apiextensions.NewForConfigOrDie(c.config).ApiextensionsV1().CustomResourceDefinitions()
	for _, name := range names {
		c.await(t, "CRD "+name, func(ctx context.Context) (bool, error) {
			definition, err := client.Get(ctx, name, metav1.GetOptions{})
			return err == nil && apihelpers.IsCRDConditionTrue(definition, apiextensionsv1.Established), err
		})
	}
	c.mapper.Reset()
}

func (c *cluster) await(t *testing.T, what string, reached func(ctx context.Context) (bool, error)) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, 10*time.Second, true, reached)
	if err != nil {
		t.Fatalf("waiting for %s: %v", what, err)
	}
}

// apply creates or updates an object by server-side apply, and dryRun only asks the server to.
func (c *cluster) apply(ctx context.Context, object *unstructured.Unstructured) error {
	return c.patch(ctx, object, nil)
}

func (c *cluster) dryRun(ctx context.Context, object *unstructured.Unstructured) error {
	return c.patch(ctx, object, []string{metav1.DryRunAll})
}

func (c *cluster) patch(ctx context.Context, object *unstructured.Unstructured, dryRun []string) error {
	resource, err := c.resource(object)
	if err != nil {
		return err
	}
	body, err := json.Marshal(object.Object)
	if err != nil {
		return err
	}
	force := true
	_, err = resource.Patch(ctx, object.GetName(), types.ApplyPatchType, body, metav1.PatchOptions{
		DryRun:          dryRun,
		FieldManager:    fieldManager,
		FieldValidation: metav1.FieldValidationStrict,
		Force:           &force,
	})
	return err
}

func (c *cluster) delete(ctx context.Context, object *unstructured.Unstructured) error {
	resource, err := c.resource(object)
	if err != nil {
		return err
	}
	return resource.Delete(ctx, object.GetName(), metav1.DeleteOptions{})
}

func (c *cluster) resource(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	gvk := object.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", goldens.ID(object), err)
	}
	if object.GetNamespace() == "" {
		return c.objects.Resource(mapping.Resource), nil
	}
	return c.objects.Resource(mapping.Resource).Namespace(object.GetNamespace()), nil
}
