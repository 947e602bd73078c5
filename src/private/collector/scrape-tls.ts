import type { VolumeProjection } from 'kubernetes-types/core/v1';
import { type InputModel, inputId, type PrometheusInput, type ScrapeJobInput } from '../input';

export const SCRAPE_CA_PATH = '/etc/scrape-ca';

/** `tls_config` for applications that serve TLS themselves. */
export function scrapeTls(input: PrometheusInput | ScrapeJobInput): Record<string, unknown> {
  const { tls } = input;
  if (!tls) return {};
  const { ca, serverName, skip } = tls;
  return {
    tls_config: {
      ...(ca && { ca_file: `${SCRAPE_CA_PATH}/${caFile(input)}` }),
      ...(serverName !== undefined && { server_name: serverName }),
      ...(skip && { insecure_skip_verify: true }),
    },
  };
}

/** A directory per input, so that no two CAs share a file. */
function caFile(input: InputModel): string {
  return `${inputId(input)}/ca.crt`;
}

export function scrapeCaSources(inputs: readonly InputModel[]): VolumeProjection[] {
  return inputs.flatMap((input) => {
    const ca = input.kind === 'prometheus' || input.kind === 'scrape-job' ? input.tls?.ca : undefined;
    if (!ca) return [];
    return [{ [ca.kind]: { name: ca.name, items: [{ key: ca.key, path: caFile(input) }] } }];
  });
}
