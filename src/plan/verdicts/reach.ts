import { ISTIOD_METRICS_PORT } from '../../private/ports';
import { ANY_SERVICE, type Connection, type Destination } from '../connection';
import type { World } from '../world';
import type { Encryption } from '../result';
import { assume, type Case, certain, type Given, type Outcome } from './outcome';
import { atApplication, atPlaintextPort, fails, passesOn, received } from './reception';
import { lacksPort, type Server, serversOf } from './server';
import { type Situation, situationsOf } from './situation';
import { type Content, encryptionOf, unwrapped, type Wire } from './wire';

/** What may leave the client towards a server in a certain situation. */
export interface PossibleWire {
  readonly given: Given;
  readonly wire: Wire;
}

export type Wires = (server: Server, situation: Situation) => readonly PossibleWire[];

/** What becomes of a connection that nobody at the client touches. */
export function reached(world: World, connection: Connection, content: Content): readonly Case[] {
  const { to, protocol } = connection;
  if (protocol === 'UDP') return [certain(passesOn({ content }, 'No mesh carries UDP; nothing encrypts.'))];
  if (to.kind === 'workload' || to.kind === 'pods' || to.kind === 'service') {
    return arrived(world, connection, content, () => [{ given: {}, wire: unwrapped(content) }]);
  }
  return [certain(beyondTheMesh(connection, content))];
}

/** What the pods make of what the client sends them. */
export function arrived(world: World, connection: Connection, content: Content, wires: Wires): readonly Case[] {
  const { to, port, client } = connection;
  if (to.kind === 'service' && !to.service) return [certain(undescribed(world, to, content))];
  if (to.kind === 'service' && lacksPort(to, connection)) {
    const why = `${serviceWords(to)} has no port ${port ?? ''}.`;
    return [certain(fails(unwrapped(content), 'broken', 'service-has-no-such-port', why))];
  }
  const servers = serversOf(world, connection);
  return servers.flatMap((server) => {
    const answers: Given = servers.length > 1 ? { server: `if ${server.name} answers` } : {};
    return situationsOf(world, server, client).flatMap((situation) =>
      wires(server, situation).flatMap(({ given, wire }) =>
        assume({ ...answers, ...given }, [received(wire, server, situation)]),
      ),
    );
  });
}

type ServiceDestination = Extract<Destination, { kind: 'service' }>;

/** Of pods behind a Service that neither manifests nor facts describe nothing is known, unless there is no mesh. */
function undescribed({ facts }: World, to: ServiceDestination, content: Content): Outcome {
  if (facts.mesh?.mode === 'none') return passesOn({ content }, `The server has no sidecar; ${WORDS[content]}.`);
  return unknownService(to, encryptionOf(unwrapped(content)));
}

export function unknownService(to: ServiceDestination, encryption: Encryption): Outcome {
  const why = `Neither the manifests nor the cluster file describe ${serviceWords(to)}: whether its pods have a sidecar is not known.`;
  return { verdict: 'unknown', encryption, causes: ['service-not-described'], why };
}

/** Of a cluster IP that nobody described not even the namespace is known. */
function serviceWords({ namespace, name }: ServiceDestination): string {
  if (name === ANY_SERVICE) return 'the discovered Service';
  return namespace === '' ? `the Service with the address ${name}` : `Service ${namespace}/${name}`;
}

/** The platform's own servers and those outside the cluster have no sidecar. */
function beyondTheMesh({ to, port }: Connection, content: Content): Outcome {
  switch (to.kind) {
    case 'istiod':
      if (port === ISTIOD_METRICS_PORT) return atPlaintextPort(unwrapped(content), port);
      return atApplication(unwrapped(content), 'istiod has no sidecar');
    case 'loopback':
      return atApplication(unwrapped(content), 'The connection stays inside the pod');
    case 'kubernetes-api':
      return passesOn({ content }, `The API server is not in the mesh; ${WORDS[content]}.`);
    case 'kubelet':
      return passesOn({ content }, `Nodes are not in the mesh; ${WORDS[content]}.`);
    case 'dns':
      return passesOn({ content }, `DNS servers are not in the mesh; ${WORDS[content]}.`);
    default:
      return passesOn({ content }, `The server is outside the cluster; ${WORDS[content]}.`);
  }
}

const WORDS: Record<Content, string> = {
  plaintext: 'nothing encrypts',
  tls: 'the application encrypts',
  'istio-certificate': 'the application encrypts with its Istio certificate',
  'tls-in-tls': 'application and sidecar both encrypt',
};
