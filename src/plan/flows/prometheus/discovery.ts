import type { Connection } from '../../connection';
import type { Value } from '../../value';
import { connectToApiServer, connectToUrl, distinct, type FlowReader, type Part } from '../connect';
import { encryptedBy } from '../tls';

/** Something with `kubernetes_sd_configs`: a scrape job or an Alertmanager. */
export interface Discovering {
  readonly name: string;
  readonly settings: Value;
}

/** Whom service discovery asks: the API server once, however many jobs, and what the jobs name themselves. */
export function discoveryConnections(
  reader: FlowReader,
  part: Part,
  discovering: readonly Discovering[],
): Connection[] {
  const names = discovering.filter(({ settings }) => kubernetes(settings).some(asksOwnCluster)).map(({ name }) => name);
  const named = discovering.flatMap(({ settings }) => [
    ...kubernetes(settings).flatMap((discovery) => namedApiServer(reader, part, discovery)),
    ...settings
      .get('http_sd_configs')
      .items()
      .flatMap((discovery) => ask(reader, part, discovery, 'url')),
  ]);
  const own =
    names.length > 0
      ? [
          connectToApiServer(
            part,
            `it discovers the targets of scrape ${names.length > 1 ? 'jobs' : 'job'} ${names.join(', ')}`,
          ),
        ]
      : [];
  return [...own, ...distinct(named)];
}

function kubernetes(settings: Value): Value[] {
  return settings.get('kubernetes_sd_configs').items();
}

function asksOwnCluster(discovery: Value): boolean {
  return !discovery.get('api_server').present && !discovery.get('kubeconfig_file').present;
}

function namedApiServer(reader: FlowReader, part: Part, discovery: Value): Connection[] {
  if (discovery.get('kubeconfig_file').present) {
    reader.unread.report(part.program.object, discovery.field, 'the API server of a kubeconfig_file is not analysed');
  }
  return ask(reader, part, discovery, 'api_server');
}

function ask(reader: FlowReader, part: Part, discovery: Value, setting: string): Connection[] {
  const tls = encryptedBy(part, discovery.get('tls_config'));
  return connectToUrl(reader, part, discovery.get(setting), { purpose: 'discover', tls });
}
