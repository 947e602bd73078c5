package sink

import (
	"context"
	"net"

	_ "github.com/mostynb/go-grpc-compression/nonclobbering/snappy" // An exporter may choose it.
	_ "github.com/mostynb/go-grpc-compression/nonclobbering/zstd"   // An exporter may choose it.
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip" // An exporter may choose it.
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const maxMessage = 64 << 20

func (s *Sink) serveGRPC(listener net.Listener) {
	options := []grpc.ServerOption{grpc.MaxRecvMsgSize(maxMessage)}
	if s.config != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(s.config)))
	}
	server := grpc.NewServer(options...)
	pmetricotlp.RegisterGRPCServer(server, &grpcSink{sink: s})
	go func() { _ = server.Serve(listener) }()
	// Requests under way are answered, so that none is taken and then sent again.
	s.stop = server.GracefulStop
}

type grpcSink struct {
	pmetricotlp.UnimplementedGRPCServer
	sink *Sink
}

func (g *grpcSink) Export(ctx context.Context, request pmetricotlp.ExportRequest) (pmetricotlp.ExportResponse, error) {
	if g.sink.refusing.Load() {
		return pmetricotlp.NewExportResponse(), status.Error(codes.Unavailable, "refusing")
	}
	if g.sink.rejecting.Load() {
		return pmetricotlp.NewExportResponse(), status.Error(codes.InvalidArgument, "rejecting")
	}
	if received, _ := metadata.FromIncomingContext(ctx); g.sink.authorize != nil && !g.sink.authorize(received.Get) {
		return pmetricotlp.NewExportResponse(), status.Error(codes.Unauthenticated, "unauthenticated")
	}
	g.sink.add(otlpPoints(request.Metrics()))
	return pmetricotlp.NewExportResponse(), nil
}
