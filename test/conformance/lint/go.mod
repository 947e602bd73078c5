// A module of its own, because kube-score 1.20 does not compile with the Kubernetes of ../kubernetes: labels.Labels has got a
// method that its labels lack. It is named as a part of that module, whose goldens package is internal.
module example.org/cdk8s-telemetry/test/conformance/kubernetes/lint

go 1.24.0

require (
	example.org/cdk8s-telemetry/test/conformance/kubernetes v0.0.0
	github.com/zegl/kube-score v1.20.0
	k8s.io/api v0.34.4
)

require (
	github.com/fxamacker/cbor/v2 v2.9.0 // indirect
	github.com/go-logr/logr v1.4.2 // indirect
	github.com/gogo/protobuf v1.3.2 // indirect
	github.com/google/gofuzz v1.2.0 // indirect
	github.com/json-iterator/go v1.1.12 // indirect
	github.com/modern-go/concurrent v0.0.0-20180306012644-bacd9c7ef1dd // indirect
	github.com/modern-go/reflect2 v1.0.3-0.20250322232337-35a7c28c31ee // indirect
	github.com/x448/float16 v0.8.4 // indirect
	go.yaml.in/yaml/v2 v2.4.2 // indirect
	golang.org/x/net v0.38.0 // indirect
	golang.org/x/text v0.23.0 // indirect
	gopkg.in/inf.v0 v0.9.1 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
	k8s.io/apimachinery v0.34.4 // indirect
	k8s.io/client-go v0.34.4 // indirect
	k8s.io/klog/v2 v2.130.1 // indirect
	k8s.io/utils v0.0.0-20250604170112-4c0f3b243397 // indirect
	sigs.k8s.io/json v0.0.0-20241014173422-cfa47c3a1cc8 // indirect
	sigs.k8s.io/structured-merge-diff/v4 v4.4.2 // indirect
	sigs.k8s.io/yaml v1.6.0 // indirect
)

replace example.org/cdk8s-telemetry/test/conformance/kubernetes => ../kubernetes

// What kube-score 1.20 is built with.
replace (
	k8s.io/api => k8s.io/api v0.32.3
	k8s.io/apimachinery => k8s.io/apimachinery v0.32.3
	k8s.io/client-go => k8s.io/client-go v0.32.3
)
