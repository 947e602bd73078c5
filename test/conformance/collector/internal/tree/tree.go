// Package tree walks and edits decoded YAML whose shape is only known where a test looks at it.
package tree

import (
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Map is a decoded YAML mapping.
type Map = map[string]any

// Parse decodes a YAML mapping.
func Parse(text string) (Map, error) {
	var root Map
	err := yaml.Unmarshal([]byte(text), &root)
	return root, err
}

// Text encodes a mapping as YAML.
func Text(root Map) (string, error) {
	text, err := yaml.Marshal(root)
	return string(text), err
}

// At is the mapping below the keys, nil where there is none.
func At(root any, keys ...string) Map {
	for _, key := range keys {
		mapping, ok := root.(Map)
		if !ok {
			return nil
		}
		root = mapping[key]
	}
	mapping, _ := root.(Map)
	return mapping
}

// String is the scalar below the keys, empty where there is none.
func String(root any, keys ...string) string {
	if len(keys) == 0 {
		text, _ := root.(string)
		return text
	}
	parent := At(root, keys[:len(keys)-1]...)
	text, _ := parent[keys[len(keys)-1]].(string)
	return text
}

// Strings is the list of scalars below the keys.
func Strings(root any, keys ...string) []string {
	parent := At(root, keys[:len(keys)-1]...)
	list, _ := parent[keys[len(keys)-1]].([]any)
	texts := make([]string, 0, len(list))
	for _, entry := range list {
		texts = append(texts, fmt.Sprint(entry))
	}
	return texts
}

// Keys are sorted, so that findings come in the same order every time.
func Keys[V any](mapping map[string]V) []string {
	keys := make([]string, 0, len(mapping))
	for key := range mapping {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Leaf is a scalar and the keys that lead to it; list entries count from 0.
type Leaf struct {
	Path  []string
	Value any
}

// Key is the nearest mapping key: that of the list for a scalar in a list.
func (l Leaf) Key() string {
	for _, key := range slices.Backward(l.Path) {
		if _, err := strconv.Atoi(key); err != nil {
			return key
		}
	}
	return ""
}

// Leaves are all scalars below a node, in the order of their paths.
func Leaves(node any, path ...string) []Leaf {
	var leaves []Leaf
	switch value := node.(type) {
	case Map:
		for _, key := range Keys(value) {
			leaves = append(leaves, Leaves(value[key], append(slices.Clone(path), key)...)...)
		}
	case []any:
		for i, entry := range value {
			leaves = append(leaves, Leaves(entry, append(slices.Clone(path), strconv.Itoa(i))...)...)
		}
	default:
		leaves = append(leaves, Leaf{Path: path, Value: value})
	}
	return leaves
}

// Edit replaces every string below a node by what change makes of it.
func Edit(node any, change func(key, text string) string) any {
	return edit(node, "", change)
}

func edit(node any, key string, change func(key, text string) string) any {
	switch value := node.(type) {
	case Map:
		for name, child := range value {
			value[name] = edit(child, name, change)
		}
	case []any:
		for i, child := range value {
			value[i] = edit(child, key, change)
		}
	case string:
		return change(key, value)
	}
	return node
}
