import type { DestinationTls } from '../../../src/plan/inventory';
import type { DataPlane } from '../../../src/plan/result';
import { ruled, wiresTo } from '../../../src/plan/verdicts/auto-mtls';
import type { Server } from '../../../src/plan/verdicts/server';
import type { Situation } from '../../../src/plan/verdicts/situation';
import type { Content } from '../../../src/plan/verdicts/wire';
import { pods } from './network-policy/builders';

function server(name: string, dataPlane: DataPlane, labels: Record<string, string> = {}): Server {
  const known = { labels, complete: true };
  return { name, namespace: 'shop', known, dataPlane, port: 8080, workload: pods(`shop/${name}`, labels) };
}

const app = server('app', 'sidecar');
const mode: Pick<Situation, 'mode' | 'namespaceMode'> = { mode: 'STRICT', namespaceMode: 'STRICT' };
const inSidecar: Situation = { plane: 'sidecar', captured: true, ...mode, http: false, given: {} };
const mutual = { tunnel: 'sidecar-mtls', content: 'plaintext' };
const plaintext = { tunnel: 'none', content: 'plaintext' };

describe('to a headless Service', () => {
  const sent = (...peers: Server[]) =>
    wiresTo('plaintext', { rule: undefined, hbone: undefined, peers: [app, ...peers] })(app, inSidecar);

  test('mutual TLS needs a sidecar in all of its pods', () => {
    expect(sent()).toEqual([{ given: {}, wire: mutual }]);
    expect(sent(server('other', 'sidecar'))).toEqual([{ given: {}, wire: mutual }]);
    for (const dataPlane of ['none', 'ambient'] as const) {
      expect(sent(server('other', dataPlane))).toEqual([{ given: {}, wire: plaintext }]);
      expect(sent(server('another', 'unknown'), server('other', dataPlane))).toEqual([{ given: {}, wire: plaintext }]);
    }
  });

  test('it is open where that is not known', () => {
    expect(sent(server('other', 'unknown'), server('another', 'sidecar'))).toEqual([
      { given: { peers: 'if all pods of the headless Service have a sidecar' }, wire: mutual },
      { given: { peers: 'if one of its pods has no sidecar' }, wire: plaintext },
    ]);
  });

  test('the pod that answers is known to have one', () => {
    const answering = { ...app, dataPlane: 'unknown' as const };
    expect(wiresTo('plaintext', { rule: undefined, hbone: undefined, peers: [answering] })(app, inSidecar)).toEqual(
      sent(),
    );
  });
});

test('to ambient it is HBONE, or not, or a setting decides', () => {
  const ambient: Situation = { ...inSidecar, plane: 'ambient' };
  const sent = (hbone: boolean | undefined) => wiresTo('tls', { rule: undefined, hbone, peers: [] })(app, ambient);
  const [tunnelled, bare] = [
    { tunnel: 'hbone', content: 'tls' },
    { tunnel: 'none', content: 'tls' },
  ];
  expect(sent(true)).toEqual([{ given: {}, wire: tunnelled }]);
  expect(sent(false)).toEqual([{ given: {}, wire: bare }]);
  expect(sent(undefined)).toEqual([
    { given: { hbone: 'with HBONE' }, wire: tunnelled },
    { given: { hbone: 'without HBONE' }, wire: bare },
  ]);
});

test.each<[string, Partial<Situation>, Record<string, string>]>([
  ['its own mode is DISABLE', { mode: 'DISABLE' }, {}],
  ['that of its namespace is', { namespaceMode: 'DISABLE' }, {}],
  ['a label says so', {}, { 'security.istio.io/tlsMode': 'disabled' }],
])('a sidecar gets no mutual TLS where %s', (_, situation, labels) => {
  const labelled = server('app', 'sidecar', labels);
  const sent = wiresTo('plaintext', { rule: undefined, hbone: undefined, peers: [] });
  expect(sent(labelled, { ...inSidecar, ...situation })).toEqual([{ given: {}, wire: plaintext }]);
});

test.each<[DestinationTls, Content, string, Content]>([
  ['DISABLE', 'plaintext', 'none', 'plaintext'],
  ['ISTIO_MUTUAL', 'plaintext', 'sidecar-mtls', 'plaintext'],
  ['SIMPLE', 'plaintext', 'none', 'tls'],
  ['SIMPLE', 'tls', 'none', 'tls-in-tls'],
  ['MUTUAL', 'plaintext', 'none', 'tls'],
  ['MUTUAL', 'tls', 'none', 'tls-in-tls'],
])('a rule with %s makes of %s: tunnel %s around %s', (rule, content, tunnel, inside) => {
  expect(ruled(rule, content)).toEqual({ tunnel, content: inside });
});
