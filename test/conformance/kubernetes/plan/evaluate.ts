// Reads worlds as JSON from standard input and writes the verdict of each of their questions: called by plan_test.go.
import { text } from 'node:stream/consumers';
import type { Connection } from '../../../../src/plan/connection';
import type { Workload } from '../../../../src/plan/inventory';
import { readInventory } from '../../../../src/plan/manifests/inventory';
import { Unread } from '../../../../src/plan/unread';
import type { PolicyVerdict } from '../../../../src/plan/result';
import { policyVerdict } from '../../../../src/plan/verdicts/network-policy';
import { NO_FACTS, type PlanFacts, World } from '../../../../src/plan/world';

interface JsonWorld {
  readonly objects: readonly unknown[];
  readonly apiServer: string;
  readonly questions: readonly JsonQuestion[];
}

/** Pods are named `namespace/name`; everything else is an address. */
interface JsonQuestion {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

function verdictsOf({ objects, apiServer, questions }: JsonWorld): PolicyVerdict[] {
  const facts: PlanFacts = {
    ...NO_FACTS,
    mesh: { mode: 'none' },
    apiServer: { serviceIps: [], endpointCidrs: [`${apiServer}/32`], ports: [443] },
  };
  const unread = new Unread();
  const documents = objects.map((raw, i) => ({ where: `object ${i + 1}`, raw }));
  const world = new World(readInventory(documents, facts, unread), facts);
  const problems = unread.list();
  if (problems.length > 0) throw new Error(`not analysed: ${JSON.stringify(problems)}`);
  const pods = new Map(world.inventory.workloads.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  return questions.map((question) => policyVerdict(world, connectionOf(question, pods), question.port).verdict);
}

function connectionOf({ from, to, port, protocol }: JsonQuestion, pods: ReadonlyMap<string, Workload>): Connection {
  const [client, server] = [pods.get(from), pods.get(to)];
  return {
    client: client ? { kind: 'workload', workload: client } : { kind: 'kube-apiserver' },
    to: server ? { kind: 'workload', workload: server } : { kind: 'external', host: to },
    ...{ purpose: 'push', source: 'plan_test.go', object: '', field: '' },
    ...{ port, protocol, tls: 'none', application: 'tcp', dialler: 'application' },
  };
}

async function main(): Promise<void> {
  const worlds = JSON.parse(await text(process.stdin)) as JsonWorld[];
  process.stdout.write(JSON.stringify(worlds.map(verdictsOf)));
}

void main();
