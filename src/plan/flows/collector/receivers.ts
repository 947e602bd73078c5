import type { Connection } from '../../connection';
import { addressOf, connect, connectToApiServer, connectToUrl, distinct, type FlowReader } from '../connect';
import { encryptedBy } from '../tls';
import type { Component, ComponentReader } from './components';
import { brokerConnections } from './kafka';
import { kubeletConnections } from './kubelet';
import { scrapeReceiverConnections } from './scrape-receiver';

/** They only listen: others connect to them. */
const LISTENING: readonly string[] = [
  ...['otlp', 'otelarrow', 'jaeger', 'zipkin', 'opencensus', 'skywalking', 'prometheusremotewrite', 'loki', 'faro'],
  ...['statsd', 'carbon', 'collectd', 'influxdb', 'wavefront', 'signalfx', 'sapm', 'splunkhec', 'datadog', 'newrelic'],
  ...['syslog', 'tcplog', 'udplog', 'fluentforward', 'netflow', 'webhookevent', 'githubactions', 'gitlab', 'stef'],
  ...['awsxray', 'awsfirehose', 'libhoney', 'cloudflare', 'snmptrap', 'remotetap', 'pushprometheus'],
];

/** They read files, devices or the kernel of the node. */
const LOCAL: readonly string[] = [
  ...['hostmetrics', 'filelog', 'filestats', 'otlpjsonfile', 'journald', 'namedpipe', 'nop', 'systemd', 'chrony'],
  ...['windowseventlog', 'windowsperfcounters', 'windowsservice', 'activedirectoryds', 'iis', 'ntp', 'pprof'],
];

/** How to read each receiver; a receiver that is not here is read by its endpoint alone. */
export const RECEIVERS: ReadonlyMap<string, ComponentReader> = new Map<string, ComponentReader>([
  ...[...LISTENING, ...LOCAL].map((type) => [type, () => []] as const),
  ['prometheus', scrapeReceiverConnections],
  ['kubeletstats', kubeletConnections],
  ['k8scluster', (_, component) => [connectToApiServer(component, leaderNote(component))]],
  ['k8sobjects', (_, component) => [connectToApiServer(component, leaderNote(component))]],
  ['k8sevents', (_, component) => [connectToApiServer(component)]],
  ['receivercreator', receiverCreator],
  ['httpcheck', httpCheck],
  ['tcpcheck', tcpCheck],
  ['kafka', brokerConnections],
  ['kafkametrics', brokerConnections],
]);

function leaderNote({ settings }: Component): string | undefined {
  const elector = settings.get('k8s_leader_elector').text();
  return elector === undefined ? undefined : `only the pod that holds the lease of ${elector} asks`;
}

function receiverCreator({ unread }: FlowReader, { program, settings }: Component): Connection[] {
  unread.report(
    program.object,
    settings.get('receivers').field,
    'receivers that are started for what an observer finds are not analysed',
  );
  return [];
}

function httpCheck(reader: FlowReader, component: Component): Connection[] {
  const targets = component.settings.get('targets').items();
  return distinct(
    targets.flatMap((target) => {
      const tls = encryptedBy(component, target.get('tls'));
      const endpoints = [target.get('endpoint'), ...target.get('endpoints').items()];
      return endpoints.flatMap((endpoint) => connectToUrl(reader, component, endpoint, { purpose: 'query', tls }));
    }),
  );
}

function tcpCheck(reader: FlowReader, component: Component): Connection[] {
  const targets = component.settings.get('targets').items();
  return targets.flatMap((target) => {
    const endpoint = target.get('endpoint');
    const address = addressOf(reader, component, endpoint);
    if (address?.port === undefined) return [];
    const dialled = { host: address.host, port: address.port, field: endpoint.field };
    return [connect(reader, component, dialled, { purpose: 'query', tls: 'none', application: 'tcp' })];
  });
}
