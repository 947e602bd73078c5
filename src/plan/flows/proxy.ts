import type { ProgramConfig } from '../inventory';
import { type Address, parseAddress } from './address';
import type { FlowReader, Part } from './connect';

const PROXY_VARIABLE = /^(?:https?|all)_proxy$/i;

/** Programs in Go send what leaves over HTTP to the proxy that their environment names. */
export function reportProxy({ unread }: FlowReader, { workload, container }: ProgramConfig): void {
  container.env.forEach(({ name }, i) => {
    if (!PROXY_VARIABLE.test(name)) return;
    unread.report(
      workload.id,
      `${container.field}.env[${i}]`,
      'connections that go through a proxy are planned without it',
    );
  });
}

/** The proxy that the settings of one client name. */
export function proxyOf({ settings }: Part): Address | undefined {
  if (typeof settings.raw !== 'object' || Array.isArray(settings.raw)) return undefined;
  const url = settings.get('proxy_url').text();
  return url === undefined ? undefined : parseAddress(url);
}
