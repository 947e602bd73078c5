package reference

import (
	"slices"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// notFiles are keys whose value may start with a slash and is part of a URL, not of the file system.
var notFiles = []string{"metrics_path", "path", "path_prefix", "regex", "replacement"}

// FileKey tells whether a config key names a file that has to be there.
func FileKey(key string) bool {
	return strings.HasSuffix(key, "_file") || key == "filename"
}

// files: what the config reads lies in a volume that provides it; what it writes lies in one that is writable.
func (f *findings) files(config tree.Map, workload *golden.Workload) {
	for _, leaf := range tree.Leaves(config) {
		file, isText := leaf.Value.(string)
		switch {
		case !isText || file == "":
		case leaf.Key() == "directory":
			mount, volume, ok := workload.Mount(file)
			if !ok {
				f.add(leaf.Path, "%s lies in no volume mount", file)
			} else if mount.ReadOnly || (volume.EmptyDir == nil && volume.HostPath == nil && volume.PersistentVolumeClaim == nil) {
				f.add(leaf.Path, "%s lies in volume %s, which is not writable", file, volume.Name)
			}
		case FileKey(leaf.Key()):
			if err := workload.Provides(file); err != nil {
				f.add(leaf.Path, "%v", err)
			}
		case strings.HasPrefix(file, "/") && !slices.Contains(notFiles, leaf.Key()):
			f.add(leaf.Path, "%s looks like a file, but its key is unknown here", file)
		}
	}
}
