import type { Connection } from '../../../../src/plan/connection';
import type { PlanFacts } from '../../../../src/plan/world';
import { NO_MESH, pod, rowOf, scrape, service, SIDECAR_MESH } from './jobs';

const POD = '__meta_kubernetes_pod';
const SERVICE = '__meta_kubernetes_service';
const ANNOTATION = `${POD}_annotation_prometheus_io`;

function keep(label: string, regex: string): object {
  return { source_labels: [label], regex, action: 'keep' };
}

function inNamespaces(names: string[] | undefined, role: string, ...relabel_configs: object[]): object {
  const sd = { role, ...(names && { namespaces: { names } }) };
  return { job_name: 'job', kubernetes_sd_configs: [sd], relabel_configs };
}

const inShop = (...rules: object[]) => inNamespaces(['shop'], 'pod', ...rules);

/** `row, if condition`. */
function conditional(connections: readonly Connection[]): string[] {
  return connections.map((one) => `${rowOf(one)}${one.condition === undefined ? '' : `, if ${one.condition}`}`);
}

const annotatedPort = {
  source_labels: [`${ANNOTATION}_port`, `${POD}_ip`],
  regex: '(\\d+);(.+)',
  target_label: '__address__',
  replacement: '$2:$1',
};
const scraped = keep(`${ANNOTATION}_scrape`, 'true');
const sidecars = { mesh: SIDECAR_MESH! };

describe('namespaces', () => {
  test('each that the job names has its rows', () => {
    expect(scrape(inNamespaces(['shop', 'bank'], 'pod')).rows).toEqual([
      'pods shop:* none none',
      'pods bank:* none none',
    ]);
  });

  test('without names there is one row for all of them', () => {
    expect(scrape(inNamespaces(undefined, 'pod')).rows).toEqual([
      'workload monitoring/prometheus:9090 none',
      'pods anywhere:* none none',
    ]);
  });

  test('those that the rules treat apart have their own, and the others say so', () => {
    const strict = {
      source_labels: ['__meta_kubernetes_namespace'],
      regex: 'bank|vault',
      target_label: '__scheme__',
      replacement: 'https',
    };
    const dropped = { source_labels: ['__meta_kubernetes_namespace'], regex: 'kube-system', action: 'drop' };
    expect(conditional(scrape(inNamespaces(undefined, 'pod', strict, dropped)).connections)).toEqual([
      'workload monitoring/prometheus:9090 none',
      'pods bank:* none app',
      'pods vault:* none app',
      'pods anywhere:* none none, if the pods are not in namespace bank, kube-system or vault',
    ]);
  });
});

describe('data planes', () => {
  const strict = {
    source_labels: [`${POD}_label_security_istio_io_tlsMode`, '__meta_kubernetes_namespace'],
    regex: 'istio;(shop)',
    target_label: '__scheme__',
    replacement: 'https',
  };

  test('in a mesh with sidecars there are pods with and without', () => {
    const job = inShop(keep(`${POD}_container_name`, 'app'), strict);
    expect(scrape(job, { facts: sidecars }).rows).toEqual(['pods shop:* sidecar app', 'pods shop:* none none']);
  });

  test('where Istio never injects there are none with a sidecar', () => {
    const job = inNamespaces(['kube-system'], 'pod', keep(`${POD}_container_name`, 'app'));
    expect(scrape(job, { facts: sidecars }).rows).toEqual(['pods kube-system:* none none']);
  });

  test('in an ambient mesh there are pods in it and outside', () => {
    expect(scrape(inShop(strict), { facts: { mesh: { mode: 'ambient' } } }).rows).toEqual([
      'pods shop:* ambient none',
      'pods shop:* none none',
    ]);
  });

  describe('in a mesh with sidecars and ambient, labels of the namespace decide', () => {
    const ofApp = keep(`${POD}_container_name`, 'app');
    const ambient = { mode: 'ambient' } as const;
    const inShopLabelled = (labels: Record<string, string>) => [{ name: 'shop', labels }];
    const planes = (mesh: PlanFacts['mesh'], labels: Record<string, string>, job = inShop(ofApp)) =>
      scrape(job, { facts: { mesh, namespaces: inShopLabelled(labels) } }).rows.flatMap(
        (row) => /^pods \S+:\S+ (\S+)/.exec(row)?.[1] ?? [],
      );
    const injected = { 'istio-injection': 'enabled' };
    const enrolled = { 'istio.io/dataplane-mode': 'ambient' };

    test.each([
      ['an injected namespace of an ambient mesh has sidecars', ambient, injected, ['sidecar', 'none']],
      ['so has one with a revision', ambient, { 'istio.io/rev': 'canary' }, ['sidecar', 'none']],
      ['an ambient namespace of a sidecar mesh is ambient', SIDECAR_MESH, enrolled, ['sidecar', 'ambient', 'none']],
      [
        'injection wins over ambient unless a pod refuses it',
        ambient,
        { ...injected, ...enrolled },
        ['sidecar', 'ambient', 'none'],
      ],
      [
        'where injection is disabled no pod gets a sidecar',
        SIDECAR_MESH,
        { 'istio-injection': 'disabled', ...enrolled },
        ['ambient', 'none'],
      ],
      ['pods can ask for ambient themselves', ambient, {}, ['ambient', 'none']],
      ['pods can ask for a sidecar themselves', SIDECAR_MESH, {}, ['sidecar', 'none']],
      ['nobody knows whether another revision is served', SIDECAR_MESH, { 'istio.io/rev': 'x' }, ['sidecar', 'none']],
    ] as const)('%s', (_, mesh, labels, expected) => {
      expect(planes(mesh, labels)).toEqual(expected);
    });

    test('a Namespace of the manifests counts like one of the cluster file', () => {
      const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: injected } };
      expect(scrape(inShop(ofApp), { facts: { mesh: ambient }, manifests: [shop] }).rows).toEqual([
        'pods shop:* sidecar none',
        'pods shop:* none none',
      ]);
    });

    test('a job for all namespaces meets the pods of each', () => {
      const anywhere = inNamespaces(undefined, 'pod', ofApp);
      expect(planes(ambient, injected, anywhere)).toEqual(['sidecar', 'ambient', 'none']);
      expect(planes(SIDECAR_MESH, enrolled, anywhere)).toEqual(['sidecar', 'ambient', 'none']);
      expect(planes(ambient, enrolled, anywhere)).toEqual(['ambient', 'none']);
    });

    test('a namespace that the rules treat apart says nothing about the others', () => {
      const shopApart = {
        source_labels: ['__meta_kubernetes_namespace'],
        regex: 'shop',
        target_label: '__scheme__',
        replacement: 'https',
      };
      const job = inNamespaces(undefined, 'pod', ofApp, shopApart);
      const { rows } = scrape(job, { facts: { mesh: ambient, namespaces: inShopLabelled(injected) } });
      expect(rows.filter((row) => row.startsWith('pods'))).toEqual([
        'pods shop:* sidecar app',
        'pods shop:* none app',
        'pods anywhere:* ambient none',
        'pods anywhere:* none none',
      ]);
    });

    test('Istio enrolls no pod of kube-system', () => {
      const job = inNamespaces(['kube-system'], 'pod');
      expect(scrape(job, { facts: { mesh: ambient } }).rows).toEqual(['pods kube-system:* none none']);
    });
  });

  test('without facts about the mesh the plan does not guess', () => {
    const { rows, connections } = scrape(inShop(strict), { facts: { mesh: undefined } });
    expect(rows).toEqual(['pods shop:* unknown none']);
    expect(connections[0]?.note).toBe(
      'TLS without an Istio certificate if the pods are labelled security.istio.io/tlsMode: "istio"',
    );
  });

  test.each([
    keep(`${POD}_container_name`, 'istio-proxy'),
    keep(`${POD}_container_port_number`, '15090'),
    keep(`${POD}_container_port_name`, '.*-envoy-prom'),
  ])('whoever asks for Istio’s container asks for pods with a sidecar: %j', (rule) => {
    expect(conditional(scrape(inShop(rule), { facts: sidecars }).connections)).toEqual([
      'pods shop:15090 sidecar none',
    ]);
    const unknown = scrape(inShop(rule), { facts: { mesh: undefined } });
    expect(unknown.rows).toEqual(['pods shop:15090 sidecar none']);
  });
});

describe('ports', () => {
  test.each([
    keep('__address__', '.+:(8080|9102)'),
    keep(`${POD}_container_port_number`, '8080|9102'),
    { source_labels: ['__address__', `${POD}_phase`], regex: '[^:]+:(?:8080|9102);Running', action: 'keep' },
  ])('that the rules ask for are rows of their own: %j', (rule) => {
    expect(scrape(inShop(rule)).rows).toEqual(['pods shop:8080 none none', 'pods shop:9102 none none']);
  });

  test('that the rules set are the only ones', () => {
    const fixed = { source_labels: [`${POD}_ip`], target_label: '__address__', replacement: '$1:9102' };
    expect(scrape(inShop(fixed)).rows).toEqual(['pods shop:9102 none none']);
  });

  test('that the client’s sidecar takes over are apart from any port', () => {
    const annotations = {
      'sidecar.istio.io/inject': 'true',
      'traffic.sidecar.istio.io/includeOutboundPorts': '9090,4317,nonsense',
    };
    const job = inShop(keep(`${POD}_container_name`, 'app'));
    expect(scrape(job, { annotations, facts: sidecars }).rows).toEqual([
      'pods shop:* sidecar none',
      'pods shop:9090 sidecar none',
      'pods shop:4317 sidecar none',
      'pods shop:* none none',
      'pods shop:9090 none none',
      'pods shop:4317 none none',
    ]);
    expect(scrape(job, { annotations, facts: { mesh: NO_MESH! } }).rows).toEqual(['pods shop:* none none']);
  });

  test('for which the rules make an exception are apart from any port', () => {
    const https = { target_label: '__scheme__', replacement: 'https' };
    const exception = {
      source_labels: ['__address__'],
      regex: '.+:9102',
      target_label: '__scheme__',
      replacement: 'http',
    };
    expect(scrape(inShop(https, exception)).rows).toEqual(['pods shop:* none app', 'pods shop:9102 none none']);
  });
});

describe('conditions', () => {
  test('name annotations that the pods must have', () => {
    const needed = [scraped, keep(`${ANNOTATION}_port`, '\\d+'), annotatedPort, keep('__address__', '.+:8080')];
    expect(conditional(scrape(inShop(...needed)).connections)).toEqual([
      'pods shop:8080 none none, if the pods are annotated prometheus.io/scrape: "true" and prometheus.io/port: "8080"',
    ]);
  });

  test('do not name an annotation that may be missing', () => {
    expect(conditional(scrape(inShop(scraped, annotatedPort)).connections)).toEqual([
      'pods shop:* none none, if the pods are annotated prometheus.io/scrape: "true"',
    ]);
  });

  test('name alternatives, and expressions where the value is open', () => {
    const rules = [keep(`${POD}_label_tier`, 'web|api'), keep(`${POD}_container_port_name`, '.+-metrics')];
    expect(conditional(scrape(inShop(...rules)).connections)).toEqual([
      'pods shop:* none none, if the pods are labelled tier: "web" or "api" and have a container port matching .+-metrics',
    ]);
  });

  test('name Services', () => {
    const rules = [
      keep(`${SERVICE}_annotation_prometheus_io_scrape`, 'true'),
      keep('__meta_kubernetes_endpoint_port_name', 'metrics'),
    ];
    expect(conditional(scrape(inNamespaces(['shop'], 'endpoints', ...rules)).connections)).toEqual([
      'pods shop:* none none, if the pods are behind a Service annotated prometheus.io/scrape: "true", with port "metrics"',
    ]);
    expect(conditional(scrape(inNamespaces(['shop'], 'service', rules[0]!)).connections)).toEqual([
      'service shop/any Service:* none, if the Services are annotated prometheus.io/scrape: "true"',
    ]);
  });

  test('follow a label through other labels', () => {
    const rules = [
      {
        source_labels: [`${POD}_annotation_example_com_scrape`],
        regex: 'yes',
        target_label: '__tmp_wanted',
        replacement: '1',
      },
      { action: 'labelmap', regex: `${POD}_label_(.+)` },
      { source_labels: [`${POD}_container_port_name`], target_label: 'port' },
      keep('__tmp_wanted', '1'),
      keep('team', 'a'),
      keep('port', 'metrics'),
    ];
    expect(conditional(scrape(inShop(...rules)).connections)).toEqual([
      'pods labelled team=a shop:* none none, if the pods are annotated example_com_scrape: "yes" and have a container port "metrics"',
    ]);
  });

  test('mention presence, and refusal of what is absent', () => {
    const rules = [
      keep(`${POD}_labelpresent_app_kubernetes_io_name`, 'true'),
      { source_labels: [`${ANNOTATION}_scrape`], regex: 'false|', action: 'drop' },
    ];
    expect(conditional(scrape(inShop(...rules)).connections)).toEqual([
      'pods shop:* none none, if the pods are annotated prometheus.io/scrape: "true" and are labelled app.kubernetes.io/name',
    ]);
  });
});

describe('labels of the pods', () => {
  test('come from rules and from selectors', () => {
    const sd = {
      role: 'pod',
      namespaces: { names: ['shop'] },
      selectors: [{ role: 'pod', label: 'tier=web,app in (a,b)' }],
    };
    const job = { job_name: 'job', kubernetes_sd_configs: [sd], relabel_configs: [keep(`${POD}_label_team`, 'x')] };
    const [connection] = scrape(job).connections;
    expect(connection?.to).toEqual({
      kind: 'pods',
      pods: {
        namespace: 'shop',
        name: 'pods labelled tier=web, team=x',
        labels: { tier: 'web', team: 'x' },
        dataPlane: 'none',
      },
    });
    expect(connection?.condition).toBe('the selector tier=web,app in (a,b) takes the pods');
  });

  test('are only known by a key that discovery does not change, or that exactly one key can be', () => {
    const labelsFor = (name: string, manifests: object[] = []) => {
      const { connections } = scrape(inShop(keep(`${POD}_label_${name}`, 'x')), { manifests });
      const to = connections.find((one) => one.to.kind === 'pods')?.to;
      return to?.kind === 'pods' ? to.pods.labels : undefined;
    };
    expect(labelsFor('tier')).toEqual({ tier: 'x' });
    expect(labelsFor('app_kubernetes_io_name')).toEqual({ 'app.kubernetes.io/name': 'x' });
    expect(labelsFor('my_label')).toEqual({});
    const dashed = pod('one', 'shop', { labels: { 'my-label': 'y' } });
    expect(labelsFor('my_label', [dashed])).toEqual({ 'my-label': 'x' });
    expect(labelsFor('my_label', [dashed, pod('two', 'shop', { labels: { 'my.label': 'y' } })])).toEqual({});
  });
});

describe('pods that Istio injects', () => {
  const https = {
    source_labels: [`${ANNOTATION}_scheme`],
    regex: '(https?)',
    target_label: '__scheme__',
  };

  test('are scraped on the merged port unless they refuse merging', () => {
    expect(conditional(scrape(inShop(scraped, annotatedPort), { facts: sidecars }).connections)).toEqual([
      'pods shop:15020 sidecar none',
      'pods shop:* sidecar none, if the pods are annotated prometheus.io/scrape: "true" and prometheus.istio.io/merge-metrics: "false"',
      'pods shop:15090 sidecar none, if the pods are annotated prometheus.io/scrape: "true" and prometheus.istio.io/merge-metrics: "false"',
      'pods shop:* none none, if the pods are annotated prometheus.io/scrape: "true"',
    ]);
  });

  test('are scraped by TLS on the merged port when they announce https for their own', () => {
    const { connections } = scrape(inShop(scraped, https, annotatedPort), { facts: sidecars });
    expect(connections.find(({ port }) => port === 15020)?.note).toBe(
      'TLS without an Istio certificate if the pods are annotated prometheus.io/scheme: "https"; ' +
        'Istio annotates pods that have a sidecar with this port, for its merged metrics',
    );
  });
});

describe('what is described needs no assumption', () => {
  test('a Service that the job names', () => {
    const job = inNamespaces(['shop'], 'endpoints', keep(`${SERVICE}_name`, 'cart'));
    const cart = [
      pod('cart', 'shop', { ports: [{ containerPort: 8080 }] }),
      service('cart', 'shop', [{ port: 80, targetPort: 8080 }]),
    ];
    expect(scrape(job, { manifests: cart }).rows).toEqual(['workload shop/cart:8080 none']);
    expect(scrape(job).rows).toEqual(['pods shop:* none none']);
  });

  test('an application that the job selects by label', () => {
    const job = inShop(keep(`${POD}_label_app`, 'cart'));
    const cart = pod('cart', 'shop', { ports: [{ containerPort: 8080 }] });
    expect(scrape(job, { manifests: [cart] }).rows).toEqual(['workload shop/cart:8080 none']);
  });

  test('but annotated pods can be others too', () => {
    const cart = pod('cart', 'shop', {
      ports: [{ containerPort: 8080 }],
      annotations: { 'prometheus.io/scrape': 'true' },
    });
    expect(scrape(inShop(scraped), { manifests: [cart] }).rows).toEqual([
      'workload shop/cart:8080 none',
      'pods shop:* none none',
    ]);
  });

  test('a job whose targets are all described and all dropped is reported', () => {
    const job = inNamespaces(['shop'], 'endpoints', keep(`${SERVICE}_name`, 'cart'), keep(`${POD}_label_app`, 'other'));
    const manifests = [pod('cart', 'shop'), service('cart', 'shop', [{ port: 80 }])];
    expect(scrape(job, { manifests })).toMatchObject({
      rows: [],
      unread: [{ reason: 'no target that manifests or facts describe gets past the relabel rules' }],
    });
  });
});

describe('rules that cannot be followed', () => {
  const UNDECIDED =
    'pods shop:* none unknown, if the relabel rules, which decide about address and scheme too, keep them';

  test.each([
    [
      'more ports than can be tried',
      keep('__address__', `.+:(${Array.from({ length: 6_000 }, (_, i) => i + 100).join('|')})`),
    ],
    ['a range of ports', keep(`${POD}_container_port_number`, '90\\d\\d')],
    ['an expression without examples', keep(`${POD}_label_app`, '(?i)shop')],
    ['an invalid expression', keep(`${POD}_label_app`, '(')],
    ['an unknown value', keep(`${POD}_label_app`, '<unknown env:APP>')],
    ['contradictions', { source_labels: ['__address__'], action: 'drop' }],
  ])('leave one row that says so: %s', (_, rule) => {
    expect(conditional(scrape(inShop(rule)).connections)).toEqual([UNDECIDED]);
  });

  test('are one row for each namespace that the job names', () => {
    const job = inNamespaces(['shop', 'bank'], 'pod', keep(`${POD}_label_app`, '('));
    expect(scrape(job).rows).toEqual(['pods shop:* none unknown', 'pods bank:* none unknown']);
  });

  test('nor can a discovery whose namespaces are not known', () => {
    const { connections } = scrape(inNamespaces(['<unknown env:NAMESPACE>'], 'pod'));
    expect(conditional(connections)).toEqual([
      'pods anywhere:* none unknown, if the value of env:NAMESPACE, which is not known, selects them',
    ]);
  });
});
