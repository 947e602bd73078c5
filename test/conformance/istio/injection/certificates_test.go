package injection

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
)

// istioFiles are the names under which pilot-agent writes certificates (the package certs proves it).
var istioFiles = []string{"root-cert.pem", "cert-chain.pem", "key.pem"}

// checkCertificates follows a certificate from the proxy through the volume into the scrape jobs.
func checkCertificates(i injected) error {
	proxy, err := i.proxy()
	if err != nil {
		return err
	}
	jobs, err := jobsWithCertificates(i.agent)
	if err != nil {
		return err
	}
	directory, written := golden.EnvOf(proxy, "OUTPUT_CERTS")
	if len(jobs) == 0 {
		if _, mounted := i.agent.Template.Annotations[userVolumeMount]; written || mounted {
			return errors.New("certificates are written that no scrape job uses")
		}
		return nil
	}
	if !written {
		return fmt.Errorf("the proxy has no OUTPUT_CERTS, and the jobs %q read certificates", names(jobs))
	}
	source := golden.MountAt(proxy, directory)
	if source == nil || source.ReadOnly {
		return fmt.Errorf("the proxy has nothing writable at %s", directory)
	}
	if err := checkVolume(i.pod, source.Name); err != nil {
		return err
	}
	target := golden.MountOf(i.collector(), source.Name)
	if target == nil || !target.ReadOnly || target.SubPath != "" {
		return fmt.Errorf("the collector does not mount the volume %s read-only", source.Name)
	}
	for _, job := range jobs {
		for _, file := range job.TLS.Files() {
			if path.Dir(file) != path.Clean(target.MountPath) || !slices.Contains(istioFiles, path.Base(file)) {
				return fmt.Errorf("job %s reads %s, the certificates are in %s", job.Name, file, target.MountPath)
			}
		}
	}
	return nil
}

// serviceAccount is mounted into every container that may use the API.
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/"

func checkFiles(i injected) error {
	jobs, err := i.agent.Config.ScrapeJobs()
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if job.TLS == nil {
			continue
		}
		for _, file := range job.TLS.Files() {
			if file == "" || strings.HasPrefix(file, serviceAccount) {
				continue
			}
			if _, err := golden.OnNode("", i.collector(), file); err != nil {
				return fmt.Errorf("job %s: %w", job.Name, err)
			}
		}
	}
	return nil
}

// checkVolume wants private keys in memory, with a limit because they count against the pod's.
func checkVolume(pod *corev1.Pod, name string) error {
	for _, volume := range pod.Spec.Volumes {
		if volume.Name != name {
			continue
		}
		if volume.EmptyDir == nil || volume.EmptyDir.Medium != corev1.StorageMediumMemory || volume.EmptyDir.SizeLimit == nil {
			return fmt.Errorf("volume %s is not a limited emptyDir in memory", name)
		}
		return nil
	}
	return fmt.Errorf("no volume %s", name)
}

// jobsWithCertificates are those that present a client certificate.
func jobsWithCertificates(agent golden.Agent) ([]golden.ScrapeJob, error) {
	jobs, err := agent.Config.ScrapeJobs()
	return slices.DeleteFunc(jobs, func(job golden.ScrapeJob) bool { return job.TLS == nil || job.TLS.CertFile == "" }), err
}

func names(jobs []golden.ScrapeJob) []string {
	var names []string
	for _, job := range jobs {
		names = append(names, job.Name)
	}
	return names
}

// checkVolumes finds what the API server would refuse after injection.
func checkVolumes(i injected) error {
	volumes := map[string]bool{}
	for _, volume := range i.pod.Spec.Volumes {
		if volumes[volume.Name] {
			return fmt.Errorf("two volumes are named %s", volume.Name)
		}
		volumes[volume.Name] = true
	}
	for _, container := range slices.Concat(i.pod.Spec.InitContainers, i.pod.Spec.Containers) {
		paths := map[string]bool{}
		for _, mount := range container.VolumeMounts {
			if !volumes[mount.Name] {
				return fmt.Errorf("%s mounts %s, which is no volume", container.Name, mount.Name)
			}
			if paths[path.Clean(mount.MountPath)] {
				return fmt.Errorf("%s mounts two volumes at %s", container.Name, mount.MountPath)
			}
			paths[path.Clean(mount.MountPath)] = true
		}
	}
	return nil
}
