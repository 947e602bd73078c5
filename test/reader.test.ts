import { LabelExpression, Namespaces, NetworkPolicyIpBlock, Pods } from 'cdk8s-plus-28';
import { Cluster, IstioMesh, PrometheusNoMesh, Reader } from '../src';
import { type Json, type Manifest, manifest, newChart, policyOf } from './support/manifests';

const chart = newChart();
let count = 0;

function admitted(reader: Reader): Json | undefined {
  const own = newChart();
  new PrometheusNoMesh(own, 'prometheus', { cluster: Cluster.of({ mesh: IstioMesh.none() }), readers: [reader] });
  return policyOf(manifest(own.toJson() as Manifest[], 'NetworkPolicy')).ingress[0]?.from[0];
}

const id = () => `peer-${count++}`;

describe('peers of cdk8s-plus', () => {
  test('pods with labels, in namespaces by name', () => {
    const namespaces = Namespaces.select(chart, id(), { names: ['monitoring', 'grafana'] });
    const pods = Pods.select(chart, id(), { labels: { app: 'grafana' }, namespaces });
    expect(admitted(Reader.fromPeer(pods))).toEqual({
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['grafana', 'monitoring'] }],
      },
      podSelector: { matchLabels: { app: 'grafana' } },
    });
  });

  test('pods by expression, in namespaces by label', () => {
    const namespaces = Namespaces.select(chart, id(), { labels: { team: 'sre' } });
    const pods = Pods.select(chart, id(), { expressions: [LabelExpression.in('app', ['a', 'b'])], namespaces });
    expect(admitted(Reader.fromPeer(pods))).toEqual({
      namespaceSelector: { matchLabels: { team: 'sre' } },
      podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] },
    });
  });

  test('an address range', () => {
    const block = NetworkPolicyIpBlock.ipv4(chart, id(), '10.0.0.0/8', ['10.1.0.0/16']);
    expect(admitted(Reader.fromPeer(block))).toEqual({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } });
  });

  test.each([
    ['every pod', () => Pods.all(chart, id())],
    [
      'an empty label value, which cdk8s-plus turns into every pod',
      () => Pods.select(chart, id(), { labels: { a: '' } }),
    ],
  ])('fail on %s', (_, peer) => {
    expect(() => admitted(Reader.fromPeer(peer()))).toThrow(
      /chart\/prometheus: reader: got ".*"; allowed: a peer that selects/,
    );
  });
});

test.each([{}, { 'bad key!': 'x' }, { app: 'a b' }])('pods fail unless their labels are real: %j', (podLabels) => {
  const labels = podLabels as unknown as Record<string, string>;
  expect(() => admitted(Reader.pods({ namespace: 'monitoring', podLabels: labels }))).toThrow(/reader\.podLabels: got/);
});
