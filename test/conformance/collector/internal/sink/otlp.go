package sink

import (
	"maps"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func otlpPoints(metrics pmetric.Metrics) []Point {
	var points []Point
	for _, resource := range metrics.ResourceMetrics().All() {
		labels := map[string]string{}
		addLabels(labels, resource.Resource().Attributes())
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				points = append(points, metricPoints(metric, labels)...)
			}
		}
	}
	return points
}

func metricPoints(metric pmetric.Metric, resource map[string]string) []Point {
	var points []Point
	add := func(suffix string, value float64, point dataPoint, delta bool) {
		if point.Flags().NoRecordedValue() {
			return
		}
		labels := maps.Clone(resource)
		addLabels(labels, point.Attributes())
		points = append(points, Point{
			Metric: prometheusName(metric.Name()) + suffix, Labels: labels, Value: value,
			Time: point.Timestamp().AsTime().UnixMilli(), Delta: delta,
		})
	}
	switch metric.Type() {
	case pmetric.MetricTypeGauge:
		for _, point := range metric.Gauge().DataPoints().All() {
			add("", number(point), point, false)
		}
	case pmetric.MetricTypeSum:
		delta := metric.Sum().AggregationTemporality() == pmetric.AggregationTemporalityDelta
		for _, point := range metric.Sum().DataPoints().All() {
			add("", number(point), point, delta)
		}
	case pmetric.MetricTypeHistogram:
		delta := metric.Histogram().AggregationTemporality() == pmetric.AggregationTemporalityDelta
		for _, point := range metric.Histogram().DataPoints().All() {
			add("_count", float64(point.Count()), point, delta)
		}
	case pmetric.MetricTypeSummary:
		for _, point := range metric.Summary().DataPoints().All() {
			add("_count", float64(point.Count()), point, false)
		}
	}
	return points
}

type dataPoint interface {
	Attributes() pcommon.Map
	Timestamp() pcommon.Timestamp
	Flags() pmetric.DataPointFlags
}

func number(point pmetric.NumberDataPoint) float64 {
	if point.ValueType() == pmetric.NumberDataPointValueTypeInt {
		return float64(point.IntValue())
	}
	return point.DoubleValue()
}

func addLabels(labels map[string]string, attributes pcommon.Map) {
	for name, value := range attributes.All() {
		labels[prometheusName(name)] = value.AsString()
	}
}
