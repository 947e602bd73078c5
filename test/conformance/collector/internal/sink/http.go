package sink

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"time"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

func (s *Sink) serveHTTP(listener net.Listener, take func(body []byte) ([]Point, error)) {
	if s.config != nil {
		listener = tls.NewListener(listener, s.config)
	}
	server := &http.Server{Handler: s.handler(take), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	s.stop = func() { _ = server.Shutdown(context.Background()) }
}

func (s *Sink) handler(take func(body []byte) ([]Point, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := decompressed(r)
		switch {
		case s.refusing.Load():
			http.Error(w, "refusing", http.StatusServiceUnavailable)
			return
		case s.rejecting.Load():
			http.Error(w, "rejecting", http.StatusBadRequest)
			return
		case s.authorize != nil && !s.authorize(r.Header.Values):
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		case r.URL.Path != s.path:
			http.Error(w, "no such path: "+r.URL.Path, http.StatusNotFound)
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		points, err := take(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.add(points)
		w.WriteHeader(http.StatusOK)
	})
}

func decompressed(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "":
		return body, nil
	case "gzip":
		reader, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(reader)
	case "zstd":
		reader, err := zstd.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		defer reader.Close()
		return io.ReadAll(reader)
	case "snappy":
		if block, err := snappy.Decode(nil, body); err == nil {
			return block, nil
		}
		return io.ReadAll(snappy.NewReader(bytes.NewReader(body)))
	default:
		return nil, fmt.Errorf("encoding %s is unknown here", encoding)
	}
}

func (s *Sink) takeOTLP(body []byte) ([]Point, error) {
	request := pmetricotlp.NewExportRequest()
	if err := request.UnmarshalProto(body); err != nil {
		return nil, err
	}
	return otlpPoints(request.Metrics()), nil
}

func (s *Sink) takeRemoteWrite(body []byte) ([]Point, error) {
	var request prompb.WriteRequest
	if err := request.Unmarshal(body); err != nil {
		return nil, err
	}
	var points []Point
	for _, series := range request.Timeseries {
		labels := map[string]string{}
		for _, label := range series.Labels {
			labels[label.Name] = label.Value
		}
		metric := labels["__name__"]
		delete(labels, "__name__")
		for _, sample := range series.Samples {
			if math.Float64bits(sample.Value) == value.StaleNaN {
				continue
			}
			points = append(points, Point{Metric: metric, Labels: labels, Value: sample.Value, Time: sample.Timestamp})
		}
	}
	return points, nil
}
