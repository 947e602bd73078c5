import type { Probe } from '../inventory';
import type { Value } from '../value';
import { demand, oneOf, portOrName, requiredPort } from './strict';

const TYPES: readonly Probe['type'][] = ['startup', 'readiness', 'liveness'];

export function readProbes(container: Value): Probe[] {
  return TYPES.flatMap((type) => {
    const probe = container.get(`${type}Probe`);
    return probe.present ? [{ type, field: probe.field, ...readAction(probe) }] : [];
  });
}

type Action = Pick<Probe, 'action' | 'port' | 'host'>;

function readAction(probe: Value): Action {
  const [http, tcp, grpc] = [probe.get('httpGet'), probe.get('tcpSocket'), probe.get('grpc')];
  if (http.present) return { action: scheme(http), ...address(http) };
  if (tcp.present) return { action: 'tcp', ...address(tcp) };
  if (grpc.present) return { action: 'grpc', port: requiredPort(grpc.get('port')) };
  demand(probe.get('exec').present, probe, 'one of httpGet, tcpSocket, grpc, exec');
  return { action: 'exec' };
}

function scheme(http: Value): 'http' | 'https' {
  return oneOf(http.get('scheme'), ['HTTP', 'HTTPS']) === 'HTTPS' ? 'https' : 'http';
}

function address(action: Value): Pick<Probe, 'port' | 'host'> {
  const port = portOrName(action.get('port'));
  const host = action.get('host').text();
  demand(port !== undefined, action.get('port'), 'a port from 1 to 65535 or the name of one');
  return { port, ...(host !== undefined && host !== '' && { host }) };
}
