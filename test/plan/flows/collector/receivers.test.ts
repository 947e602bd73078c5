import { collectorWith, flowsOf, programRows } from '../flows-of';

const env = [
  { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
  { name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
];

function receiving(id: string, settings: unknown): string[] {
  return programRows(flowsOf(collectorWith('receivers', id, settings, { env })));
}

function unreadOf(id: string, settings: unknown): string[] {
  return [...flowsOf(collectorWith('receivers', id, settings, { env })).unread];
}

describe('the kubelet', () => {
  test.each([
    ['kubelet_stats', { auth_type: 'serviceAccount', endpoint: 'https://${env:NODE_IP}:10250' }, '10250 scrape app'],
    ['kubeletstats', { auth_type: 'serviceAccount', endpoint: '${env:NODE}:10250' }, '10250 scrape app'],
    ['kubelet_stats', { auth_type: 'none', endpoint: '${env:NODE}:10255' }, '10255 scrape none'],
    ['kubelet_stats', { auth_type: 'none', endpoint: 'http://[${env:NODE_IP}]:10255' }, '10255 scrape none'],
    ['kubelet_stats', { endpoint: 'node.cluster.example.org:10250' }, '10250 scrape app'],
  ])('%s %j', (id, settings, row) => {
    expect(receiving(id, settings)).toEqual([`agent → kubelet:${row} receivers.${id}`]);
  });

  test.each<[object, string | undefined]>([
    [{ auth_type: 'serviceAccount' }, 'the CA of the cluster, as it does with serverTLSBootstrap'],
    [{ auth_type: 'serviceAccount', ca_file: '/etc/kubelet-ca/ca.crt' }, 'the CA in /etc/kubelet-ca/ca.crt'],
    [{ auth_type: 'serviceAccount', insecure_skip_verify: true }, undefined],
    [{ auth_type: 'none', endpoint: 'http://${env:NODE_IP}:10255' }, undefined],
  ])('%j: what its certificate has to be', (settings, told) => {
    const endpoint = 'https://${env:NODE_IP}:10250';
    const { connections } = flowsOf(collectorWith('receivers', 'kubelet_stats', { endpoint, ...settings }, { env }));
    expect(connections[0]?.note).toBe(told && `the kubelet's certificate has to come from ${told}`);
  });

  test('without endpoint it is sought at the own host, which is the node only in its network', () => {
    expect(receiving('kubelet_stats', { auth_type: 'serviceAccount' })).toEqual([]);
    expect(unreadOf('kubelet_stats', { auth_type: 'serviceAccount' })).toEqual([
      expect.stringContaining('the name of the pod itself'),
    ]);
  });

  test('metadata comes from the API server, and with a kubeconfig everything', () => {
    const endpoint = '${env:NODE}:10250';
    expect(receiving('kubelet_stats', { endpoint, k8s_api_config: { auth_type: 'serviceAccount' } })).toEqual([
      'agent → kubelet:10250 scrape app receivers.kubelet_stats',
      'agent → kubernetes-api:443 discover app receivers.kubelet_stats',
    ]);
    expect(receiving('kubelet_stats', { endpoint, auth_type: 'kubeConfig' })).toEqual([
      'agent → kubernetes-api:443 discover app receivers.kubelet_stats',
    ]);
  });
});

test.each(['k8s_cluster', 'k8sobjects', 'k8s_objects', 'k8s_events'])('%s asks the API server', (id) => {
  expect(receiving(id, null)).toEqual([`agent → kubernetes-api:443 discover app receivers.${id}`]);
});

test('with leader election only the leader asks', () => {
  const settings = { k8s_leader_elector: 'k8s_leader_elector' };
  const { connections } = flowsOf(collectorWith('receivers', 'k8s_cluster', settings));
  expect(connections[0]?.note).toBe('only the pod that holds the lease of k8s_leader_elector asks');
});

test.each([
  'otlp',
  'jaeger',
  'zipkin',
  'prometheus_remote_write',
  'statsd',
  'hostmetrics',
  'filelog',
  'file_log',
  'nop',
])('%s connects to nobody', (id) => {
  const flows = flowsOf(collectorWith('receivers', id, { endpoint: '0.0.0.0:4317' }));
  expect([...programRows(flows), ...flows.unread]).toEqual([]);
});

test('checks of servers connect to them', () => {
  const targets = [{ endpoint: 'https://shop.example.com' }, { endpoints: ['http://a:1/x', 'http://a:1/y'] }];
  expect(receiving('httpcheck', { targets })).toEqual([
    'agent → shop.example.com:443 query app receivers.httpcheck',
    'agent → service here/a:1 query none receivers.httpcheck',
  ]);
  expect(receiving('tcpcheck', { targets: [{ endpoint: 'db.shop:5432' }] })).toEqual([
    'agent → service shop/db:5432 query none receivers.tcpcheck',
  ]);
});

describe('a receiver that the plan does not know', () => {
  test('gives a row for its endpoint, and is reported', () => {
    expect(receiving('redis', { endpoint: 'redis.shop:6379' })).toEqual([
      'agent → service shop/redis:6379 query unknown receivers.redis',
    ]);
    expect(unreadOf('redis', { endpoint: 'redis.shop:6379' })).toEqual([
      expect.stringContaining('the receiver redis: only its endpoint is analysed'),
    ]);
  });

  test.each(['0.0.0.0:1234', ':1234', 'localhost:1234', '[::]:1234'])('listens at %s, and is reported', (endpoint) => {
    expect(receiving('foreign', { endpoint })).toEqual([]);
    expect(unreadOf('foreign', { endpoint })).toEqual([expect.stringContaining('what it connects to is not analysed')]);
  });
});

test('receivers that are created at run time are reported', () => {
  expect(unreadOf('receiver_creator', { receivers: { redis: { config: {} } } })).toEqual([
    'data[collector.yaml].receivers.receiver_creator.receivers: receivers that are started for what an observer finds are not analysed',
  ]);
});

describe('a Prometheus receiver', () => {
  const job = (name: string, more: object) => ({ job_name: name, ...more });

  test('discovers through the API server once, whatever the number of jobs', () => {
    const pods = { kubernetes_sd_configs: [{ role: 'pod' }] };
    const config = { scrape_configs: [job('a', pods), job('b', pods), job('c', { static_configs: [] })] };
    const { connections } = flowsOf(collectorWith('receivers', 'prometheus/x', { config }));
    const discover = connections.filter(({ purpose }) => purpose === 'discover');
    expect(discover).toHaveLength(1);
    expect(discover[0]).toMatchObject({
      to: { kind: 'kubernetes-api' },
      source: 'receivers.prometheus/x',
      note: 'it discovers the targets of scrape jobs a, b',
    });
  });

  test('asks other servers that a job names', () => {
    const config = {
      scrape_configs: [
        job('a', {
          kubernetes_sd_configs: [{ role: 'pod', api_server: 'https://other.example.com:6443' }],
          http_sd_configs: [{ url: 'http://targets/list' }],
          oauth2: { token_url: 'https://idp.example.com/token' },
        }),
      ],
    };
    expect(receiving('prometheus', { config }).filter((row) => !row.includes('scrape'))).toEqual([
      'agent → other.example.com:6443 discover app receivers.prometheus',
      'agent → service here/targets:80 discover none receivers.prometheus',
      'agent → idp.example.com:443 token app receivers.prometheus',
    ]);
  });

  test('asks the target allocator, whose jobs are reported', () => {
    const settings = { target_allocator: { endpoint: 'http://allocator' } };
    expect(receiving('prometheus', settings)).toEqual([
      'agent → service here/allocator:80 discover none receivers.prometheus',
    ]);
    expect(unreadOf('prometheus', settings)).toEqual([expect.stringContaining('target allocator hands out')]);
  });
});
