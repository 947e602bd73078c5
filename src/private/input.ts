import type { Labels } from './labels';
import type { NamespaceSelection } from './namespace-selection';

/** One input of the agent, validated. */
export type InputModel = RuntimeInput | ScrapingInput;
export type ScrapingInput = PrometheusInput | IstioInput | ScrapeJobInput;
export type InputKind = InputModel['kind'];

interface CommonInput {
  readonly intervalSeconds: number;
  readonly namespaces: NamespaceSelection;
}

/** What every input that scrapes has. */
export interface ScrapingSettings extends CommonInput {
  readonly sampleLimit: number;
  readonly bodySizeLimitMi: number;
  /** Whether `up` and its companions go to the backends. */
  readonly diagnosticMetrics: boolean;
}

export interface RuntimeInput extends CommonInput {
  readonly kind: 'runtime';
  readonly kubeletTls: { readonly skip: boolean; readonly ca?: { readonly configMap: string; readonly key: string } };
  /** Metric groups of kubelet_stats. */
  readonly groups: readonly string[];
  /** Whether this agent takes part in collecting object states; undefined when the user did not say. */
  readonly objectStates: boolean | undefined;
}

export interface PrometheusInput extends ScrapingSettings {
  readonly kind: 'prometheus';
  /** Undefined: every TCP port. */
  readonly ports: readonly number[] | undefined;
}

export interface IstioInput extends ScrapingSettings {
  readonly kind: 'istio';
  readonly envoyMetrics: boolean;
}

export interface ScrapeJobInput extends ScrapingSettings {
  readonly kind: 'scrape-job';
  readonly name: string;
  readonly podLabels: Labels;
  readonly port: number;
  readonly path: string;
  readonly scheme: 'http' | 'https';
}

/** What the receivers and pipelines of an input are called: unique within an agent. */
export function inputId(input: InputModel): string {
  return input.kind === 'scrape-job' ? `job-${input.name}` : input.kind;
}

export function isScraping(input: InputModel): input is ScrapingInput {
  return input.kind !== 'runtime';
}

/** Whether this agent takes part in collecting what exists once per cluster. */
export function collectsObjectStates(input: InputModel): boolean {
  return input.kind === 'runtime' && (input.objectStates ?? true);
}

export function byKind<K extends InputKind>(
  inputs: readonly InputModel[],
  kind: K,
): Extract<InputModel, { kind: K }>[] {
  return inputs.filter((input): input is Extract<InputModel, { kind: K }> => input.kind === kind);
}
