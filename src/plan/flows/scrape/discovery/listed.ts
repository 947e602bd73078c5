import { hostPort } from '../../../../private/endpoint';
import type { Destination } from '../../../connection';
import type { Service, Workload } from '../../../inventory';
import type { Value } from '../../../value';
import type { World } from '../../../world';
import { parseAddress } from '../../address';
import { destinationOf } from '../../host';
import { ADDRESS, labelsOf } from './meta-labels';
import { ANY_PORT, type Target } from './target';

/** Targets of `static_configs`, exactly as they stand there. */
export function staticTargets(world: World, client: Workload, configs: Value): Target[] {
  return configs.items().flatMap((config) => {
    const labels = Object.entries(config.get('labels').textMap());
    return config
      .get('targets')
      .texts()
      .map((address) => ({
        layers: [labelsOf([[ADDRESS, address]]), labelsOf(labels)],
        destination: destinationOf(world, parseAddress(address)?.host ?? address, client),
        host: parseAddress(address)?.host ?? address,
      }));
  });
}

/** Stands for the addresses that a name resolves to, from a range for documentation (RFC 5737). */
const RESOLVED = '192.0.2.4';

/** Targets of `dns_sd_configs`: names that DNS resolves to addresses (A, AAAA), or to names with ports (SRV, MX, NS). */
export function dnsTargets(world: World, client: Workload, configs: Value): Target[] {
  return configs.items().flatMap((config) => {
    const type = config.get('type').text()?.toUpperCase() ?? 'SRV';
    return config
      .get('names')
      .texts()
      .map((name) => {
        const service = type === 'SRV' ? SERVICE_RECORD.exec(name) : undefined;
        const destination = destinationOf(world, service?.[2] ?? name, client);
        const port = service ? servicePort(destination, service[1]!) : config.get('port').integer();
        return {
          layers: [
            labelsOf([
              ['__meta_dns_name', name],
              [ADDRESS, hostPort({ host: RESOLVED, port: port ?? ANY_PORT })],
            ]),
          ],
          destination,
          host: RESOLVED,
          anyPort: port === undefined,
        };
      });
  });
}

/** `_http-metrics._tcp.checkout.shop.svc`: port name, then the Service. */
const SERVICE_RECORD = /^_([^.]+)\._[^.]+\.(.+)$/;

function servicePort(destination: Destination, name: string): number | undefined {
  const service = destination.kind === 'service' ? destination.service : undefined;
  return service && dialledPort(service, name);
}

/** The records of a headless Service lead to the ports of its pods. */
function dialledPort({ headless, ports }: Service, name: string): number | undefined {
  const found = ports.find((port) => port.name === name);
  if (!found || !headless) return found?.port;
  return typeof found.targetPort === 'number' ? found.targetPort : undefined;
}
