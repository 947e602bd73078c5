import { ANY_SERVICE, type Connection, type Destination } from '../connection';
import type { Workload } from '../inventory';
import type { Purpose } from '../result';
import type { Judged } from '../verdicts/judged';
import { distinct, listed } from '../words';

const NOUNS: Record<Purpose, string> = {
  scrape: 'Scrape',
  push: 'Push',
  discover: 'Discovery',
  alert: 'Alert',
  probe: 'Probe',
  webhook: 'Webhook call',
  query: 'Query',
  resolve: 'DNS lookup',
  token: 'Token request',
  certificates: 'Certificate request',
};

/** `Push to Service monitoring/prometheus on port 9090`. */
export function connectionWords(...same: readonly [Judged, ...Judged[]]): string {
  const [{ connection }] = same;
  const { purpose, to } = connection;
  const preposition = purpose === 'probe' || purpose === 'scrape' ? 'of' : 'to';
  return `${NOUNS[purpose]} ${preposition} ${targetWords(to)} on ${portsWords(same)}`;
}

function portsWords(same: readonly Judged[]): string {
  const any = same.find(({ connection: { port } }) => port === null);
  const ports = distinct(same.flatMap(({ connection: { port } }) => port ?? []));
  if (any || ports.length < 2) return portWords((any ?? same[0]!).connection);
  return `ports ${listed(ports)}`;
}

export function targetWords(to: Destination): string {
  switch (to.kind) {
    case 'service':
      return serviceWords(to);
    case 'workload':
    case 'loopback':
      return to.workload.id;
    case 'pods':
      return to.pods.namespace === undefined
        ? `${to.pods.name} of any namespace`
        : `${to.pods.name} in namespace ${to.pods.namespace}`;
    case 'kubernetes-api':
      return 'the Kubernetes API';
    case 'kubelet':
      return 'the kubelet';
    case 'istiod':
      return `istiod in namespace ${to.namespace}`;
    case 'dns':
      return 'DNS';
    case 'external':
      return to.host;
  }
}

function serviceWords({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  if (name === ANY_SERVICE) return namespace === '' ? name : `${name} in namespace ${namespace}`;
  return namespace === '' ? `the Service with the address ${name}` : `Service ${namespace}/${name}`;
}

export function portWords({ port, protocol }: Connection): string {
  const suffix = protocol === 'TCP' ? '' : `/${protocol}`;
  return port === null ? `any port${suffix}` : `port ${port}${suffix}`;
}

export function clientOf({ connection: { client } }: Judged): Workload | undefined {
  return client.kind === 'workload' ? client.workload : undefined;
}

/** Where it is configured. */
export function sourceOf({ connection: { object, field } }: Judged): {
  readonly object: string;
  readonly field: string;
} {
  return { object, field };
}

/** Whether it fails, whichever way it takes. */
export function fails({ flow: { verdict } }: Judged): boolean {
  return verdict === 'refused' || verdict === 'broken';
}

const TO_BACKENDS: readonly Purpose[] = ['push', 'token', 'query', 'alert'];

export function isToBackend({ connection: { purpose } }: Judged): boolean {
  return TO_BACKENDS.includes(purpose);
}
