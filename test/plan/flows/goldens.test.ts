import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { worldOf } from '../support/world';
import { type Flows, flowsOf } from './flows-of';

interface Pipeline {
  readonly receivers: string[];
  readonly processors?: string[];
  readonly exporters: string[];
}

interface CollectorConfig {
  readonly service: { readonly pipelines: Record<string, Pipeline>; readonly extensions: string[] };
}

interface PrometheusConfig {
  readonly scrape_configs: { readonly job_name: string }[];
  readonly alerting?: { readonly alertmanagers: object[] };
}

const folder = join(__dirname, '..', '..', 'goldens');
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const goldens = files.map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const);

/** Components of our collectors that connect to nobody. */
const SILENT = /^(?:prometheus\/health|(?:routing|forward)\/.*)$/;
const ASKING_PROCESSORS = ['k8s_attributes'];
const ASKING_EXTENSIONS = /^(?:oauth2client\/|k8s_leader_elector$)/;

function configs<T>(yaml: string, key: string): T[] {
  const { configMaps } = worldOf(yaml).inventory;
  return [...configMaps.values()].flatMap(({ data }) => (data[key] === undefined ? [] : [load(data[key]) as T]));
}

function expectedSources({ service }: CollectorConfig): string[] {
  const pipelines = Object.values(service.pipelines);
  const used = (group: keyof Pipeline) => [...new Set(pipelines.flatMap((pipeline) => pipeline[group] ?? []))];
  return [
    ...used('receivers').map((id) => `receivers.${id}`),
    ...used('exporters').map((id) => `exporters.${id}`),
    ...used('processors')
      .filter((id) => ASKING_PROCESSORS.includes(id))
      .map((id) => `processors.${id}`),
    ...service.extensions.filter((id) => ASKING_EXTENSIONS.test(id)).map((id) => `extensions.${id}`),
  ].filter((source) => !SILENT.test(source.replace(/^\w+\./, '')));
}

function hasSource({ connections }: Flows, source: string): boolean {
  return connections.some((connection) => connection.source === source || connection.source.startsWith(`${source}/`));
}

describe.each(goldens)('%s', (_, yaml) => {
  const flows = flowsOf(yaml);

  test('every component that connects has a row, and no other has', () => {
    const expected = configs<CollectorConfig>(yaml, 'collector.yaml').flatMap(expectedSources);
    expect(expected.filter((source) => !hasSource(flows, source))).toEqual([]);
    const ofComponents = flows.connections.filter(({ source }) =>
      /^(?:receivers|processors|exporters|extensions)\./.test(source),
    );
    const unexpected = ofComponents.filter(
      ({ source }) => !expected.some((wanted) => source === wanted || source.startsWith(`${wanted}/`)),
    );
    expect(unexpected).toEqual([]);
  });

  test('every scrape job and Alertmanager of Prometheus has a row', () => {
    const prometheuses = configs<PrometheusConfig>(yaml, 'prometheus.yml');
    const jobs = prometheuses.flatMap(({ scrape_configs }) => scrape_configs.map(({ job_name }) => job_name));
    expect(jobs.filter((job) => !hasSource(flows, `scrape_configs.${job}`))).toEqual([]);
    const alertmanagers = prometheuses.flatMap(({ alerting }) => alerting?.alertmanagers ?? []);
    const alerts = flows.connections.filter(({ purpose }) => purpose === 'alert');
    expect(alerts).toHaveLength(alertmanagers.length);
  });

  test('the rules of every Prometheus are found', () => {
    expect(flows.programs.rules).toHaveLength(flows.programs.prometheuses.length);
  });

  test('nothing but the program of the manager is not analysed', () => {
    expect(flows.unread.filter((line) => !line.includes('(image registry.example/'))).toEqual([]);
  });

  test('every value of a connection is understood', () => {
    expect(JSON.stringify(flows.connections.map(({ to }) => to))).not.toMatch(/fieldref\.invalid|<unknown/);
  });
});
