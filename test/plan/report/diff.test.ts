import { array, assert, constantFrom, property, record } from 'fast-check';
import { join } from 'node:path';
import { diffOf, isEmpty } from '../../../src/plan/report/diff';
import { diffJsonOf, diffMarkdownOf, diffSummaryOf } from '../../../src/plan/report/diff-report';
import type { Plan } from '../../../src/plan/result';
import { AGENT, EXAMPLE, finding, flow, plan, TO_AGENT } from './plans';

const CHANGED: Plan = plan({
  ...EXAMPLE,
  workloads: [{ id: AGENT, dataPlane: 'none' }, ...EXAMPLE.workloads.filter(({ id }) => id !== AGENT)],
  flows: [
    ...EXAMPLE.flows
      .filter(({ to }) => to.kind !== 'external')
      .map((row) => (row.purpose === 'push' ? { ...row, encryption: 'none' as const, why: 'No sidecar.' } : row)),
    flow({ to: { kind: 'external', name: 'new.vendor.example' }, path: 'direct', encryption: 'app-tls', why: 'TLS.' }),
  ],
  findings: [...EXAMPLE.findings.slice(1), finding({ code: 'CT201' }), finding({ code: 'CT202', acknowledged: 'ok' })],
  notAnalysed: [...EXAMPLE.notAnalysed, { object: AGENT, field: 'spec', reason: 'strange' }],
});

test('a change with something of everything', () => {
  const diff = diffOf(EXAMPLE, CHANGED);
  expect(diffMarkdownOf(diff)).toMatchFile(join(__dirname, 'goldens', 'diff.md'));
  expect(diffJsonOf(diff)).toMatchFile(join(__dirname, 'goldens', 'diff.json'));
});

test('two equal plans: nothing but a sentence that says so', () => {
  expect(diffMarkdownOf(diffOf(EXAMPLE, EXAMPLE))).toBe('No change: 7 connections, all as before.\n');
  expect(isEmpty(diffOf(EXAMPLE, EXAMPLE))).toBe(true);
});

describe('connections', () => {
  const flowsOf = (before: Plan['flows'], after: Plan['flows']) =>
    diffOf(plan({ flows: before }), plan({ flows: after })).flows;

  test('another port, target, purpose, source or protocol is another connection', () => {
    const others = [
      flow({ port: 1 }),
      flow({ to: { kind: 'dns', name: 'dns' } }),
      flow({ to: { ...flow().to, dataPlane: 'sidecar' } }),
      flow({ purpose: 'query' }),
      flow({ source: 'exporters.other' }),
      flow({ protocol: 'UDP' }),
      flow({ from: 'Deployment/shop/web' }),
    ];
    for (const other of others) {
      expect(flowsOf([flow()], [other])).toEqual({ added: [other], removed: [flow()], changed: [] });
    }
  });

  test('a StatefulSet in the place of a Deployment of the same name is another target', () => {
    const kinds = ['Deployment', 'StatefulSet'].map((kind) => AGENT.replace('DaemonSet', kind));
    const [before, after] = kinds.map((workload) => flow({ to: { ...TO_AGENT, workload } }));
    expect(flowsOf([before!], [after!])).toEqual({ added: [after], removed: [before], changed: [] });
  });

  test('what changes about the same connection is named', () => {
    const after = flow({ encryption: 'none', verdict: 'refused', findings: ['CT301'] });
    expect(flowsOf([flow()], [after]).changed).toEqual([
      { before: flow(), after, fields: ['encryption', 'verdict', 'findings'] },
    ]);
  });

  test('of several with one identity, equal ones belong together first', () => {
    const [a, b] = [flow({ targetPort: 1 }), flow({ targetPort: 2 })];
    expect(flowsOf([a, b], [b])).toEqual({ added: [], removed: [a], changed: [] });
  });

  test('when only the reason changes, both reasons are shown', () => {
    const after = plan({ flows: [flow({ why: 'New reason.' })] });
    const text = diffMarkdownOf(diffOf(plan({ flows: [flow({ why: 'Old reason.' })] }), after));
    expect(text).toContain('| reason | New reason.<br>Before: Old reason. |');
  });
});

describe('findings', () => {
  const findingsOf = (before: Plan['findings'], after: Plan['findings']) =>
    diffOf(plan({ findings: before }), plan({ findings: after })).findings;

  test('other words about the same field are no new finding', () => {
    expect(findingsOf([finding()], [finding({ message: 'Port 70001 is no port.' })])).toEqual({
      appeared: [],
      resolved: [],
    });
  });

  test('a second one about the same field is new', () => {
    const second = finding({ message: 'Port 0 is no port.' });
    expect(findingsOf([finding()], [second, finding()]).appeared).toEqual([second]);
  });

  test('one that becomes worse, or is no longer accepted, is new', () => {
    for (const before of [finding({ severity: 'warning' }), finding({ acknowledged: 'ok' })]) {
      expect(findingsOf([before], [finding()]).appeared).toEqual([finding()]);
    }
  });
});

describe('the summary is one line', () => {
  test.each<[string, Partial<Plan>, Partial<Plan>]>([
    ['No change: no connections, all as before.', {}, {}],
    ['Connections: 1 added, 0 unchanged. No new findings.', {}, { flows: [flow()] }],
    ['Connections: 1 removed, 0 unchanged. No new findings.', { flows: [flow()] }, {}],
    [
      'Connections: 1 changed, 0 unchanged. No new findings.',
      { flows: [flow()] },
      { flows: [flow({ verdict: 'broken' })] },
    ],
    ['Connections: 0 unchanged. New findings: 1 error.', {}, { findings: [finding()] }],
    [
      'Connections: 0 unchanged. No new findings. 1 new but acknowledged.',
      {},
      { findings: [finding({ acknowledged: 'ok' })] },
    ],
    ['Connections: 0 unchanged. No new findings. 1 finding resolved.', { findings: [finding()] }, {}],
    [
      'Connections: 0 unchanged. No new findings. 1 place newly not analysed.',
      {},
      { notAnalysed: [{ object: AGENT, field: '', reason: 'strange' }] },
    ],
    [
      'Connections: 0 unchanged. Workloads: 1 changed. No new findings.',
      { workloads: [{ id: AGENT, dataPlane: 'sidecar' }] },
      { workloads: [{ id: AGENT, dataPlane: 'none' }] },
    ],
  ])('%s', (line, before, after) => {
    const diff = diffOf(plan(before), plan(after));
    expect(diffSummaryOf(diff)).toBe(line);
    expect(diffMarkdownOf(diff).split('\n')[0]).toBe(line);
  });
});

describe('for any two plans', () => {
  const flows = array(
    record({
      port: constantFrom(1, 2),
      source: constantFrom('a', 'b'),
      verdict: constantFrom('works' as const, 'refused' as const),
    }).map(flow),
  );
  const findings = array(
    record({ code: constantFrom('CT101', 'CT102'), message: constantFrom('a', 'b') }).map(finding),
  );
  const plans = record({ flows, findings }).map(plan);

  test('back is the opposite of forth', () => {
    assert(
      property(plans, plans, (a, b) => {
        const [forth, back] = [diffOf(a, b), diffOf(b, a)];
        expect(forth.flows.added).toHaveLength(back.flows.removed.length);
        expect(forth.flows.changed).toHaveLength(back.flows.changed.length);
        expect(forth.findings.appeared).toHaveLength(back.findings.resolved.length);
        expect(forth.unchangedFlows).toBe(back.unchangedFlows);
      }),
    );
  });

  test('every connection is accounted for once', () => {
    assert(
      property(plans, plans, (a, b) => {
        const { flows: changes, unchangedFlows } = diffOf(a, b);
        expect(unchangedFlows + changes.changed.length + changes.added.length).toBe(b.flows.length);
        expect(unchangedFlows + changes.changed.length + changes.removed.length).toBe(a.flows.length);
      }),
    );
  });
});
