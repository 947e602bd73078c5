import { agree, assume, type Case, certain, type Given, type Outcome } from '../../../src/plan/verdicts/outcome';

const works: Outcome = { verdict: 'works', encryption: 'none', causes: ['accepted'], why: 'Plaintext is accepted.' };
const encrypted: Outcome = { ...works, encryption: 'mesh-mtls', why: 'Both sides encrypt.' };
const refused: Outcome = {
  ...{ verdict: 'refused', encryption: 'none', why: 'Plaintext is refused.' },
  causes: ['strict-refuses-plaintext'],
};
const broken: Outcome = { verdict: 'broken', encryption: 'none', causes: ['own-envoy-answers'], why: 'It breaks.' };
const given = (answers: Given, outcome: Outcome): Case => ({ given: answers, outcome });
const STRICT = { mode: 'with mode STRICT' };
const PERMISSIVE = { mode: 'with mode PERMISSIVE' };
const DISABLE = { mode: 'with mode DISABLE' };

test('one case is the result', () => {
  expect(agree([certain(refused)])).toEqual(refused);
});

test('cases that agree in all but words say so', () => {
  const result = agree([given(STRICT, works), given(PERMISSIVE, { ...works, why: 'It passes.' })]);
  expect(result).toMatchObject({ verdict: 'works', encryption: 'none' });
  expect(result.why).toBe(
    'It works unencrypted in any case, although it is not known which mutual TLS mode the server has.',
  );
});

test('cases that differ are unknown, with what decides', () => {
  expect(agree([given(STRICT, refused), given(PERMISSIVE, works), given(DISABLE, works)])).toEqual({
    ...{ verdict: 'unknown', encryption: 'none', causes: ['strict-refuses-plaintext', 'accepted'] },
    why: 'It is not known which mutual TLS mode the server has: with mode STRICT it is refused, otherwise it works unencrypted.',
  });
});

test('only encryption is unknown when only encryption differs', () => {
  const result = agree([given(STRICT, encrypted), given(DISABLE, works)]);
  expect(result).toMatchObject({ verdict: 'works', encryption: 'unknown' });
  expect(result.why).toMatch(
    /with mode STRICT it works with mutual TLS of the mesh, with mode DISABLE it works unencrypted/,
  );
});

test('what decides nothing is not mentioned', () => {
  const ports = [{ protocol: 'if the port is declared as HTTP' }, { protocol: 'if the port is not declared as HTTP' }];
  const cases = ports.flatMap((port) => assume(port, [given(STRICT, refused), given(PERMISSIVE, works)]));
  expect(agree(cases).why).toBe(agree([given(STRICT, refused), given(PERMISSIVE, works)]).why);
});

test('a question that only some cases raise is asked where it matters', () => {
  const cases = [
    given({ serverPlane: 'without a sidecar' }, works),
    given({ serverPlane: 'with a sidecar', ...STRICT }, refused),
  ];
  expect(agree(cases).why).toBe(
    'It is not known whether the server has a sidecar: without a sidecar it works unencrypted, with a sidecar it is refused.',
  );
});

test('a question that one side does not raise sets nothing apart', () => {
  const cases = [given({ clientTls: 'if the client uses TLS', ...STRICT }, works), given(PERMISSIVE, refused)];
  expect(agree(cases).why).toMatch(/^It is not known which mutual TLS mode the server has: /);
});

test('to be refused or broken is broken', () => {
  expect(agree([given(STRICT, refused), given(DISABLE, broken)]).verdict).toBe('broken');
});

test('too many conditions become a list of what may happen', () => {
  const cases = Array.from({ length: 8 }, (_, i) =>
    given({ server: `if pod ${i} answers` }, i % 2 === 0 ? works : i === 1 ? broken : refused),
  );
  expect(agree(cases).why).toBe(
    'It is not known who answers: it does not work, it is refused or it works unencrypted.',
  );
});
