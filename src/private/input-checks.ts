import type { Duration } from 'cdk8s';
import type { ScrapingInputProps } from '../metric-input-props';
import { checkPort, checkPositive, refuseEmpty } from './checks';
import { invalid } from './errors';
import type { ScrapingSettings } from './input';
import { checkNamespaces } from './namespace-selection';

const DEFAULT_INTERVAL_SECONDS = 30;
const MAX_INTERVAL_SECONDS = 120;
/** A scrape that is larger than this is an accident; without a limit it takes the agent's memory. */
const DEFAULT_SAMPLE_LIMIT = 50_000;
const DEFAULT_BODY_SIZE_LIMIT_MI = 20;

export function checkScraping(where: string, props: ScrapingInputProps): ScrapingSettings {
  const { sampleLimit = DEFAULT_SAMPLE_LIMIT, bodySizeLimitMebibytes = DEFAULT_BODY_SIZE_LIMIT_MI } = props;
  return {
    intervalSeconds: checkInterval(where, props.interval),
    namespaces: checkNamespaces(where, props),
    sampleLimit: checkPositive(where, 'sampleLimit', sampleLimit),
    bodySizeLimitMi: checkPositive(where, 'bodySizeLimitMebibytes', bodySizeLimitMebibytes),
    diagnosticMetrics: props.diagnosticMetrics ?? false,
  };
}

export function checkInterval(where: string, interval: Duration | undefined): number {
  const seconds = interval?.toSeconds({ integral: false }) ?? DEFAULT_INTERVAL_SECONDS;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_INTERVAL_SECONDS) {
    throw invalid(where, {
      input: 'interval',
      got: `${seconds} s`,
      allowed: `whole seconds from 1 to ${MAX_INTERVAL_SECONDS}: the alert rules look at the last five minutes`,
      fix: 'pass for example Duration.seconds(30)',
    });
  }
  return seconds;
}

export function checkPorts(where: string, ports: number[] | undefined): number[] | undefined {
  refuseEmpty(where, 'ports', ports, 'every port');
  return ports && [...new Set(ports.map((port) => checkPort(where, 'ports', port)))].sort((a, b) => a - b);
}
