import { judge } from '../../../src/plan/verdicts';
import { cluster, connection, deployment, INJECTED, service, toService, workload, world } from './mesh-builders';

test('a thousand connections between a thousand workloads do not hang', () => {
  const many = Array.from({ length: 1000 }, (_, i) => [
    deployment(`ns${i % 10}/app${i}`, { labels: INJECTED }),
    service(`ns${i % 10}/app${i}`, { name: 'http' }),
  ]);
  const facts = cluster({ mtls: 'STRICT' });
  const found = world([deployment('shop/client', { labels: INJECTED }), ...many.flat()], facts);
  const requests = found.inventory.services.map(({ namespace, name }) =>
    connection(workload(found, 'shop/client'), toService(found, `${namespace}/${name}`), { port: 80 }),
  );
  const start = process.cpuUsage();
  for (const request of requests) judge(found, request);
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(30_000);
});
