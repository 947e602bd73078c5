import type { Connection } from '../connection';
import type { MtlsModeName } from '../inventory';
import { remembered } from '../remembered';
import { capitalized } from '../words';
import type { World } from '../world';
import { type ClientSide, clientSide } from './client';
import { interceptionOf } from './interception';
import type { Judged } from './judged';
import { policyVerdict } from './network-policy';
import { agree, type Outcome } from './outcome';
import { serversOf } from './server';
import { situationsOf } from './situation';
import { targetOf, targetPortOf } from './target';

export type { Judged } from './judged';

/** Without facts about the mesh there are dozens of cases, the same for most connections: each set is thought through once. */
const agreements = remembered<World, string, Outcome>();

/** Capture, then the client's proxy, then the server's, then NetworkPolicy: what becomes of one connection, in words too. */
export function judge(world: World, found: Connection): Judged {
  const connection = resolved(found);
  const { client, source, purpose, protocol, port } = connection;
  const targetPort = targetPortOf(world, connection);
  const side = clientSide(world, connection);
  const outcome = agreements(world, JSON.stringify(side.cases), () => agree(side.cases));
  const policy = policyVerdict(world, connection, targetPort);
  const { verdict, encryption, causes } = outcome;
  return {
    connection,
    flow: {
      from: client.kind === 'workload' ? client.workload.id : client.kind,
      to: targetOf(found.to),
      ...{ purpose, source, protocol, port, targetPort },
      ...{ path: side.path, encryption, verdict },
      networkPolicy: policy.verdict,
      why: whyOf(connection, side, outcome, policy.why),
      findings: [],
    },
    causes,
    ...(side.capture && { capture: side.capture }),
    ...(side.capture && client.kind === 'workload' && { interception: interceptionOf(client.workload) }),
    serverModes: serverModes(world, connection),
    policy,
  };
}

/** Nobody answers for a Service that only is another name. */
function resolved(connection: Connection): Connection {
  const { to } = connection;
  const host = to.kind === 'service' ? to.service?.externalName : undefined;
  return host === undefined ? connection : { ...connection, to: { kind: 'external', host } };
}

function serverModes(world: World, connection: Connection): readonly MtlsModeName[] {
  const situations = serversOf(world, connection).flatMap((server) => situationsOf(world, server, connection.client));
  return [...new Set(situations.filter(({ captured }) => captured).map(({ mode }) => mode))];
}

/** What the client's side does, how it ends, what NetworkPolicy says, and what the configuration adds. */
function whyOf({ note, condition }: Connection, side: ClientSide, outcome: Outcome, policy: string): string {
  const exists =
    condition === undefined ? [] : [`the connection exists only if ${condition.replace(/^(only )?if /i, '')}`];
  return [side.why, outcome.why, policy, ...exists, ...(note === undefined ? [] : [note])].map(sentence).join(' ');
}

function sentence(text: string): string {
  return capitalized(text.endsWith('.') ? text : `${text}.`);
}
