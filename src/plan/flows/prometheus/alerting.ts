import type { Connection } from '../../connection';
import type { ProgramConfig } from '../../inventory';
import type { Value } from '../../value';
import { HTTP, HTTPS } from '../address';
import { addressOf, connect, type FlowReader, type Part } from '../connect';
import { encryptedBy } from '../tls';
import { type Discovering, discoveryConnections } from './discovery';

/** Where alerts go: `alerting.alertmanagers`. */
export function alertConnections(reader: FlowReader, program: ProgramConfig): Connection[] {
  const alertmanagers = program.root.at('alerting', 'alertmanagers').items();
  return alertmanagers.flatMap((settings, i) => {
    const source = `alerting.alertmanagers[${i}]`;
    const part = { program, source, settings };
    const discovering: Discovering = { name: source, settings };
    reportUnread(reader, part);
    return [...staticConnections(reader, part), ...discoveryConnections(reader, part, [discovering])];
  });
}

function staticConnections(reader: FlowReader, part: Part): Connection[] {
  const { settings } = part;
  const scheme = (settings.get('scheme').text() ?? 'http') === 'https' ? HTTPS : HTTP;
  const tls = scheme.encrypted ? encryptedBy(part, settings.get('tls_config')) : 'none';
  const targets = settings
    .get('static_configs')
    .items()
    .flatMap((group) => group.get('targets').items());
  return targets.flatMap((target: Value) => {
    const address = addressOf(reader, part, target);
    if (!address) return [];
    const dialled = { host: address.host, port: address.port ?? scheme.port, field: target.field };
    return [connect(reader, part, dialled, { purpose: 'alert', tls, application: 'http' })];
  });
}

/** Alertmanagers that are found or rewritten at run time are not followed. */
function reportUnread({ unread }: FlowReader, { program, settings }: Part): void {
  for (const key of settings.keys()) {
    if (key.endsWith('_sd_configs'))
      unread.report(program.object, settings.get(key).field, 'which Alertmanagers it finds is not analysed');
  }
  const relabel = settings.get('relabel_configs');
  if (relabel.items().length > 0)
    unread.report(program.object, relabel.field, 'relabelling of Alertmanagers is not analysed');
}
