package dataplane

import (
	"path/filepath"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	secret "github.com/envoyproxy/go-control-plane/envoy/service/secret/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/anypb"
)

// secrets serves a workload's certificates to its Envoy, as pilot-agent does.
type secrets struct {
	secret.UnimplementedSecretDiscoveryServiceServer
	directory string
}

// serveSecrets listens in a folder until the end of the test.
func serveSecrets(t *testing.T, folder, directory string) {
	t.Helper()
	listener, err := socket(folder, sdsSocket)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	secret.RegisterSecretDiscoveryServiceServer(server, &secrets{directory: directory})
	t.Cleanup(server.Stop)
	go func() { _ = server.Serve(listener) }()
}

func (s *secrets) StreamSecrets(stream secret.SecretDiscoveryService_StreamSecretsServer) error {
	for {
		request, err := stream.Recv()
		if err != nil {
			return err
		}
		if request.GetVersionInfo() != "" {
			continue // An acknowledgement.
		}
		response := &discovery.DiscoveryResponse{TypeUrl: request.GetTypeUrl(), VersionInfo: "1", Nonce: "1"}
		for _, name := range request.GetResourceNames() {
			resource, err := anypb.New(s.secret(name))
			if err != nil {
				return err
			}
			response.Resources = append(response.Resources, resource)
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
}

func (s *secrets) secret(name string) *tlsv3.Secret {
	if name == "ROOTCA" {
		return &tlsv3.Secret{Name: name, Type: &tlsv3.Secret_ValidationContext{
			ValidationContext: &tlsv3.CertificateValidationContext{TrustedCa: s.file("root-cert.pem")},
		}}
	}
	return &tlsv3.Secret{Name: name, Type: &tlsv3.Secret_TlsCertificate{
		TlsCertificate: &tlsv3.TlsCertificate{CertificateChain: s.file("cert-chain.pem"), PrivateKey: s.file("key.pem")},
	}}
}

func (s *secrets) file(name string) *core.DataSource {
	return &core.DataSource{Specifier: &core.DataSource_Filename{Filename: filepath.Join(s.directory, name)}}
}
