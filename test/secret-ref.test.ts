import { Secret } from 'cdk8s-plus-28';
import { SecretRef } from '../src';
import { newChart } from './support/manifests';

test('a Secret of cdk8s-plus is taken by name', () => {
  const secret = Secret.fromSecretName(newChart(), 'secret', 'vendor-key');
  expect(SecretRef.fromSecretValue({ secret, key: 'token' })).toMatchObject({ secretName: 'vendor-key', key: 'token' });
});

test.each(['s3cr3t Value!', 'abc/def', '', 'Bearer_x'])('fails on %p, which is no name of a Secret', (name) => {
  expect(() => SecretRef.of(name, 'token')).toThrow(/never the secret itself/);
});

test('an error does not repeat what might be a credential', () => {
  expect(() => SecretRef.of('hunter2 ', 'token')).toThrow(/^(?!.*hunter2)/s);
});

test.each(['', 'a b', '../x/y'])('fails on key %p', (key) => {
  expect(() => SecretRef.of('vendor-key', key)).toThrow(/kubectl get secret vendor-key/);
});
