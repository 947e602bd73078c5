import { Duration } from 'cdk8s';
import { MetricInput } from '../src';

test('namespaces and ports are sorted and unique', () => {
  const input = MetricInput.prometheus({ namespaces: ['b', 'a', 'b'], ports: [9102, 443, 9102] });
  expect(input._model).toMatchObject({ namespaces: { only: ['a', 'b'] }, ports: [443, 9102] });
});

describe('fails on', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no namespaces', () => MetricInput.prometheus({ namespaces: [] }), /leave `namespaces` out for all/],
    ['no ports', () => MetricInput.prometheus({ ports: [] }), /leave `ports` out for every port/],
    ['a port out of range', () => MetricInput.prometheus({ ports: [70000] }), /ports: got 70000/],
    ['a namespace that is none', () => MetricInput.istio({ namespaces: ['*'] }), /namespaces: got "\*"/],
    ['no interval', () => MetricInput.runtime({ interval: Duration.seconds(0) }), /interval: got "0 s"/],
    [
      'an interval longer than alerts look back',
      () => MetricInput.istio({ interval: Duration.minutes(3) }),
      /1 to 120/,
    ],
    ['a part of a second', () => MetricInput.runtime({ interval: Duration.millis(1500) }), /interval: got "1.5 s"/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
