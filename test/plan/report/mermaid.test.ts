import { join } from 'node:path';
import { mermaidOf } from '../../../src/plan/report/mermaid';
import { AGENT, EXAMPLE, flow, HOSTILE, plan, TO_AGENT } from './plans';

test('a plan with something of everything', () => {
  expect(mermaidOf(EXAMPLE)).toMatchFile(join(__dirname, 'goldens', 'example.mmd'));
});

const arrows = (text: string): string[] => text.split('\n').filter((line) => /^ {2}n\d+ \S+\|/.test(line));

test('probes and name resolution are counted, not drawn', () => {
  const flows = [flow({ purpose: 'probe' }), flow({ purpose: 'resolve' }), flow()];
  const text = mermaidOf(plan({ flows }));
  expect(arrows(text)).toHaveLength(1);
  expect(text).toContain('%% Not drawn: 2 probes and DNS lookups');
});

test('parallel connections are one arrow, unless they end differently', () => {
  const flows = [
    flow({ port: 80, targetPort: 80 }),
    flow({ port: 443, encryption: 'none' }),
    flow({ verdict: 'broken', encryption: 'unknown' }),
  ];
  expect(arrows(mermaidOf(plan({ flows })))).toEqual([
    '  n0 -->|"80 mesh-mtls and 443 → 9090 plaintext"| n1',
    '  n0 --x|"9090 encryption unknown"| n1',
  ]);
});

test('what does not work is crossed and red, what is unknown is dotted and grey', () => {
  const flows = [
    flow({ port: 1 }),
    flow({ port: 2, verdict: 'refused' }),
    flow({ port: 3, networkPolicy: 'denied' }),
    flow({ port: 4, verdict: 'unknown' }),
  ];
  const text = mermaidOf(plan({ flows }));
  expect(arrows(text).map((line) => line.split(/[ |]+/)[2])).toEqual(['-->', '--x', '--x', '-.->']);
  expect(text.match(/linkStyle.*/g)).toEqual([
    'linkStyle 1 stroke:#c00',
    'linkStyle 2 stroke:#c00',
    'linkStyle 3 stroke:#888',
  ]);
});

test('ports with the same encryption are said together', () => {
  const flows = [80, 443, 8080].map((port) =>
    flow({ port, targetPort: port, encryption: port === 443 ? 'app-tls' : 'none' }),
  );
  expect(arrows(mermaidOf(plan({ flows })))).toEqual(['  n0 -->|"80, 8080 plaintext and 443 app-tls"| n1']);
});

test('pods without a name of their own are called pods, once', () => {
  const to = { kind: 'pods', name: 'pods', namespace: 'shop', dataPlane: 'sidecar' } as const;
  expect(mermaidOf(plan({ flows: [flow({ to })] }))).toContain('("pods (sidecar)")');
});

test('pods by their labels are called pods once', () => {
  const to = { kind: 'pods', name: 'pods labelled app=cart', namespace: 'shop', dataPlane: 'sidecar' } as const;
  expect(mermaidOf(plan({ flows: [flow({ to })] }))).toContain('("pods labelled app#61;cart (sidecar)")');
});

test('a workload is one node, as client and as target', () => {
  const flows = [flow(), flow({ from: 'Deployment/shop/web', to: TO_AGENT })];
  const workloads = [{ id: AGENT, dataPlane: 'sidecar' as const }];
  expect(arrows(mermaidOf(plan({ workloads, flows })))).toEqual([
    '  n0 -->|"9090 mesh-mtls"| n1',
    '  n2 -->|"9090 mesh-mtls"| n0',
  ]);
  const sameName = [{ id: AGENT.replace('DaemonSet', 'Deployment'), dataPlane: 'none' as const }, ...workloads];
  expect(arrows(mermaidOf(plan({ workloads: sameName, flows }))).at(-1)).toBe('  n2 -->|"9090 mesh-mtls"| n0');
});

test('the API server is one node, whether it calls or is called', () => {
  const flows = [
    flow({ from: 'kube-apiserver', purpose: 'webhook' }),
    flow({ to: { kind: 'kubernetes-api', name: '' } }),
  ];
  expect(mermaidOf(plan({ flows })).match(/Kubernetes API/g)).toHaveLength(1);
});

test.each(HOSTILE)('whatever things are called, nothing of it is syntax: %j', (text) => {
  const statement =
    /^(flowchart LR|\s+%% Not drawn: \d+ probes and DNS lookups|\s+subgraph s\d+\["[^"<>]*"\]|\s+end|\s+n\d+(\["[^"<>]*"\]|\("[^"<>]*"\)|\(\["[^"<>]*"\]\)|\{\{"[^"<>]*"\}\})|\s+n\d+ -->\|"[^"]*"\| n\d+|)$/;
  const hostile = plan({
    workloads: [{ id: `Deployment/${text}/${text}`, dataPlane: 'none' }],
    flows: [
      flow({ from: `Deployment/${text}/${text}`, to: { kind: 'service', name: text, namespace: text } }),
      flow({ from: text, to: { kind: 'external', name: text } }),
    ],
  });
  for (const line of mermaidOf(hostile).split('\n')) {
    expect(line).toMatch(statement);
    expect(line).not.toMatch(/%%\{|`/);
  }
});
