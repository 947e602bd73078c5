import { assert, property, shuffledSubarray } from 'fast-check';
import { jsonOf } from '../../../src/plan/report/json';
import { markdownOf } from '../../../src/plan/report/markdown';
import { mermaidOf } from '../../../src/plan/report/mermaid';
import type { Plan } from '../../../src/plan/result';
import { EXAMPLE, finding, flow, plan } from './plans';

test('keys come in the order of the contract, whatever the order in the program', () => {
  const backwards = Object.fromEntries(Object.entries(flow()).reverse()) as unknown as ReturnType<typeof flow>;
  expect(jsonOf(plan({ flows: [backwards], findings: [finding()] }))).toBe(`{
  "version": 1,
  "workloads": [],
  "flows": [
    {
      "from": "DaemonSet/telemetry-system/agent",
      "to": {
        "kind": "service",
        "name": "prometheus",
        "namespace": "monitoring"
      },
      "purpose": "push",
      "source": "exporters.prometheus_remote_write/local",
      "protocol": "TCP",
      "port": 9090,
      "targetPort": 9090,
      "path": "sidecar",
      "encryption": "mesh-mtls",
      "verdict": "works",
      "networkPolicy": "allowed",
      "why": "Port 9090 is intercepted; both ends have a sidecar.",
      "findings": []
    }
  ],
  "findings": [
    {
      "code": "CT101",
      "severity": "error",
      "object": "DaemonSet/telemetry-system/agent",
      "field": "spec.template.metadata.annotations[traffic.sidecar.istio.io/includeOutboundPorts]",
      "message": "Port 70000 is no port.",
      "fix": "Give a port from 1 to 65535.",
      "acknowledged": null
    }
  ],
  "notAnalysed": []
}
`);
});

test('nothing of the plan is lost', () => {
  const written = JSON.parse(jsonOf(EXAMPLE)) as Plan;
  for (const part of ['workloads', 'flows', 'findings', 'notAnalysed'] as const) {
    expect(written[part]).toHaveLength(EXAMPLE[part].length);
    expect(written[part]).toEqual(expect.arrayContaining([...EXAMPLE[part]]));
  }
});

test('ports are in the order of numbers, findings in the order of severity', () => {
  const flows = [10250, 443, null, 53].map((port) => flow({ port }));
  const findings = (['info', 'warning', 'error'] as const).map((severity) => finding({ severity }));
  const written = JSON.parse(jsonOf(plan({ flows, findings }))) as Plan;
  expect(written.flows.map(({ port }) => port)).toEqual([null, 53, 443, 10250]);
  expect(written.findings.map(({ severity }) => severity)).toEqual(['error', 'warning', 'info']);
});

test('no surface shows in which order files were read', () => {
  const shuffled = <T>(items: readonly T[]) => shuffledSubarray([...items], { minLength: items.length });
  assert(
    property(
      shuffled(EXAMPLE.workloads),
      shuffled(EXAMPLE.flows),
      shuffled(EXAMPLE.findings),
      (workloads, flows, findings) => {
        const other: Plan = { ...EXAMPLE, workloads, flows, findings };
        for (const surface of [jsonOf, markdownOf, mermaidOf]) expect(surface(other)).toBe(surface(EXAMPLE));
      },
    ),
  );
});
