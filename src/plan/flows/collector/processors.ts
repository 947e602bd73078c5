import type { Connection } from '../../connection';
import { connectToApiServer, type FlowReader } from '../connect';
import type { Component, ComponentReader } from './components';
import { resourceDetectionConnections } from './resource-detection';

/** They work on what passes through; the last two stand in Kyma's distribution only. */
const INTERNAL: readonly string[] = [
  ...['batch', 'memorylimiter', 'attributes', 'resource', 'filter', 'transform', 'span', 'redaction', 'routing'],
  ...['probabilisticsampler', 'tailsampling', 'groupbyattrs', 'groupbytrace', 'metricstransform', 'metricsgeneration'],
  ...[
    'cumulativetodelta',
    'deltatocumulative',
    'deltatorate',
    'interval',
    'logdedup',
    'unroll',
    'sumologic',
    'coralogix',
  ],
  ...['spanmetrics', 'servicegraph', 'isolationforest', 'datadog', 'logstransform', 'remotetap', 'logstometrics'],
  ...['istionoisefilter', 'serviceenrichment'],
];

/** How to read each processor; a processor that is not here is read by its endpoint alone. */
export const PROCESSORS: ReadonlyMap<string, ComponentReader> = new Map<string, ComponentReader>([
  ...INTERNAL.map((type) => [type, () => []] as const),
  ['k8sattributes', k8sAttributes],
  ['resourcedetection', resourceDetectionConnections],
]);

/** With `passthrough` it only adds the address of the pod. */
function k8sAttributes(_: FlowReader, component: Component): Connection[] {
  const passthrough = component.settings.get('passthrough').flag() === true;
  return passthrough ? [] : [connectToApiServer(component)];
}
