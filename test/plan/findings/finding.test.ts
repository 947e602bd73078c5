import { found, onlyIf } from '../../../src/plan/findings/finding';

const error = (message: string) =>
  found('CT209', { object: 'ConfigMap/obs/agent', field: 'data' }, { message, fix: '' });

test('a condition makes a finding milder and is told at the end', () => {
  expect(onlyIf('only if the pods are labelled a: "b".', error('It is refused.')).finding).toMatchObject({
    severity: 'warning',
    message: 'It is refused. This holds only if the pods are labelled a: "b".',
  });
});

test('a second condition joins the first', () => {
  const twice = onlyIf('it has a sidecar', onlyIf('it serves TLS', error('It is refused.')));
  expect(twice.finding).toMatchObject({
    severity: 'info',
    message: 'It is refused. This holds only if it serves TLS, and if it has a sidecar.',
  });
});

test('a condition that the message tells already is not repeated', () => {
  const message = 'It does not work. The connection exists only if the pods are labelled a: "b".';
  expect(onlyIf('the pods are labelled a: "b"', error(message)).finding).toMatchObject({
    severity: 'warning',
    message,
  });
});
