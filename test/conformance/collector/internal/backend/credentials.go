package backend

import (
	"encoding/base64"
	"fmt"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Resolver reads what the collector will read.
type Resolver interface {
	// Text expands variables.
	Text(text string) string
	// File is the content of a file in the container.
	File(path string) (string, error)
}

// credentials notes what the exporter has to send, by the authenticator it names.
func (b *Backend) credentials(config, exporter tree.Map, resolve Resolver) error {
	tls := tree.At(exporter, "tls")
	b.ServerName = b.Host
	if override := tree.String(tls, "server_name_override"); override != "" {
		b.ServerName = override
	}
	b.ClientCertificate = tls["cert_file"] != nil || tls["cert_pem"] != nil
	for name, value := range tree.At(exporter, "headers") {
		b.Headers[name] = resolve.Text(fmt.Sprint(value))
	}
	return b.authenticator(config, tree.String(exporter, "auth", "authenticator"), resolve)
}

func (b *Backend) authenticator(config tree.Map, id string, resolve Resolver) error {
	if id == "" {
		return nil
	}
	extension := tree.At(config, "extensions", id)
	value := func(settings tree.Map, name string) (string, error) {
		if file := tree.String(settings, name+"_file"); file != "" {
			return resolve.File(file)
		}
		return resolve.Text(tree.String(settings, name)), nil
	}
	switch kind, _, _ := strings.Cut(id, "/"); kind {
	case "headers_setter":
		headers, _ := extension["headers"].([]any)
		for _, entry := range headers {
			content, err := value(entry.(tree.Map), "value")
			if err != nil {
				return err
			}
			b.Headers[tree.String(entry, "key")] = content
		}
		return b.authenticator(config, tree.String(extension, "additional_auth"), resolve)
	case "basicauth":
		client := tree.At(extension, "client_auth")
		user, err := value(client, "username")
		if err != nil {
			return err
		}
		password, err := value(client, "password")
		if err != nil {
			return err
		}
		b.Headers["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	case "bearertokenauth":
		return b.bearer(extension, resolve)
	case "oauth2client":
		id, err := value(extension, "client_id")
		if err != nil {
			return err
		}
		secret, err := value(extension, "client_secret")
		if err != nil {
			return err
		}
		b.Token, err = newTokenServer(tree.String(extension, "token_url"), id, secret)
		if err != nil {
			return err
		}
		b.Headers["Authorization"] = "Bearer " + b.Token.token
	default:
		return fmt.Errorf("authenticator %s is unknown here", id)
	}
	return nil
}

func (b *Backend) bearer(extension tree.Map, resolve Resolver) error {
	token := resolve.Text(tree.String(extension, "token"))
	if file := tree.String(extension, "filename"); file != "" {
		var err error
		if token, err = resolve.File(file); err != nil {
			return err
		}
	}
	scheme, set := extension["scheme"].(string)
	if !set {
		scheme = "Bearer"
	}
	header := tree.String(extension, "header")
	if header == "" {
		header = "Authorization"
	}
	b.Headers[header] = strings.TrimSpace(scheme + " " + token)
	return nil
}
