import type { ClientTls, Connection } from '../../connection';
import type { ProgramConfig } from '../../inventory';
import type { Purpose } from '../../result';
import { addressOf, connect, connectToUrl, type FlowReader, type Part } from '../connect';
import { encryptedBy } from '../tls';

/** Other storages: `remote_write` and `remote_read`. */
export function remoteConnections(reader: FlowReader, program: ProgramConfig): Connection[] {
  return [...remotes(reader, program, 'remote_write', 'push'), ...remotes(reader, program, 'remote_read', 'query')];
}

function remotes(reader: FlowReader, program: ProgramConfig, section: string, purpose: Purpose): Connection[] {
  return program.root
    .get(section)
    .items()
    .flatMap((settings, i) => {
      const part: Part = { program, source: `${section}/${settings.get('name').text() ?? String(i)}`, settings };
      const tls = encryptedBy(part, settings.get('tls_config'));
      const storage = connectToUrl(reader, part, settings.get('url'), { purpose, tls });
      return [...storage, ...tokenConnections(reader, part)];
    });
}

/** `oauth2` of a client of Prometheus: a token first. */
export function tokenConnections(reader: FlowReader, part: Part): Connection[] {
  const oauth2 = part.settings.get('oauth2');
  const tls = encryptedBy(part, oauth2.get('tls_config'));
  return connectToUrl(reader, part, oauth2.get('token_url'), { purpose: 'token', tls });
}

/** Traces of its own requests: OTLP, to `host:port`. */
export function tracingConnections(reader: FlowReader, program: ProgramConfig): Connection[] {
  const settings = program.root.get('tracing');
  const part: Part = { program, source: 'tracing', settings };
  const endpoint = settings.get('endpoint');
  const address = addressOf(reader, part, endpoint);
  if (!address) return [];
  const { host, port } = address;
  if (port === undefined) {
    reader.unread.report(program.object, endpoint.field, 'it names no port');
    return [];
  }
  const insecure = settings.get('insecure').flag() === true;
  const tls: ClientTls = insecure ? 'none' : encryptedBy(part, settings.get('tls_config'));
  const application = settings.get('client_type').text() === 'http' ? 'http' : 'grpc';
  return [connect(reader, part, { host, port, field: endpoint.field }, { purpose: 'push', tls, application })];
}
