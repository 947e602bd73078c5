import type { Client } from '../../../src/plan/connection';
import type { DataPlane } from '../../../src/plan/result';
import type { Server } from '../../../src/plan/verdicts/server';
import { situationsOf } from '../../../src/plan/verdicts/situation';
import { cluster, world } from './mesh-builders';

const strict = world([], cluster({ mtls: 'STRICT' }));
const apiServer: Client = { kind: 'kube-apiserver' };

function strangers(dataPlane: DataPlane, port: number | null = 8080): Server {
  return { name: 'strangers', namespace: 'far', known: { labels: {}, complete: false }, dataPlane, port };
}

const STRICT = { mode: 'STRICT', namespaceMode: 'STRICT' } as const;
const WITH_STRICT = { mode: 'with mode STRICT', namespaceMode: 'with mode STRICT in the namespace' };

test('outside the mesh no mode counts', () => {
  expect(situationsOf(strict, strangers('none'), apiServer)).toStrictEqual([
    {
      ...{ plane: 'none', captured: false, mode: 'DISABLE', namespaceMode: 'DISABLE', http: false },
      given: { serverPlane: 'without a sidecar', mode: 'outside the mesh', namespaceMode: 'outside the mesh' },
    },
  ]);
});

test('in ambient the protocol does not count', () => {
  expect(situationsOf(strict, strangers('ambient'), apiServer)).toStrictEqual([
    {
      ...{ plane: 'ambient', captured: true, ...STRICT, http: false },
      given: { serverPlane: 'in ambient', captured: 'if the sidecar takes the port', ...WITH_STRICT },
    },
  ]);
});

test('a sidecar may take the port for HTTP or not', () => {
  const sidecar = { plane: 'sidecar', captured: true, ...STRICT } as const;
  const given = { serverPlane: 'with a sidecar', captured: 'if the sidecar takes the port', ...WITH_STRICT };
  expect(situationsOf(strict, strangers('sidecar'), apiServer)).toStrictEqual([
    { ...sidecar, http: true, given: { ...given, protocol: 'if the port is declared as HTTP' } },
    { ...sidecar, http: false, given: { ...given, protocol: 'if the port is not declared as HTTP' } },
  ]);
});

test('of a port that the sidecar does not take the protocol does not count', () => {
  expect(situationsOf(strict, strangers('sidecar', 15020), apiServer)).toStrictEqual([
    {
      ...{ plane: 'sidecar', captured: false, ...STRICT, http: false },
      given: { serverPlane: 'with a sidecar', captured: 'if the sidecar does not take the port', ...WITH_STRICT },
    },
  ]);
  expect(situationsOf(strict, strangers('sidecar', null), apiServer)).toMatchObject([
    { captured: true, http: true },
    { captured: true, http: false },
  ]);
});

test('of an unknown data plane each counts, with its modes', () => {
  const unknown = situationsOf(world([], {}), strangers('unknown'), apiServer);
  expect(unknown.map(({ plane, mode, http }) => `${plane} ${mode}${http ? ' http' : ''}`)).toEqual([
    'none DISABLE',
    ...['sidecar STRICT http', 'sidecar STRICT', 'sidecar PERMISSIVE http', 'sidecar PERMISSIVE'],
    ...['sidecar DISABLE http', 'sidecar DISABLE', 'ambient STRICT', 'ambient PERMISSIVE', 'ambient DISABLE'],
  ]);
});

test('probes pass ztunnel, and are rewritten only where a manifest says what is probed', () => {
  const kubelet: Client = { kind: 'kubelet' };
  expect(situationsOf(strict, strangers('ambient'), kubelet)).toMatchObject([{ captured: false }]);
  const taken = situationsOf(strict, strangers('unknown'), kubelet).filter(({ plane }) => plane === 'sidecar');
  expect(new Set(taken.map(({ captured }) => captured))).toEqual(new Set([true]));
});
