import { createHash } from 'node:crypto';
import { backendPanels } from './dashboard-backends';
import { labelVariable, layOut, type Row } from './dashboard-grafana';
import { nodePanels } from './dashboard-nodes';
import { agentStats, alertPanels } from './dashboard-overview';
import { OF_AGENTS, selector } from './dashboard-parts';
import { selfPanels } from './dashboard-self';
import { QUEUE_CAPACITY, SCRAPE_INTERVAL } from './metrics';
import type { DashboardModel, PrometheusModel } from './model';

/** The schema of Grafana 11; later ones migrate it when they read it. */
const SCHEMA_VERSION = 39;
const MAX_UID_LENGTH = 40;

/** The sidecar writes the files of all ConfigMaps into one folder, so the name of the file is that of the dashboard. */
export function dashboardFiles(prometheus: PrometheusModel, { dataSource }: DashboardModel): Record<string, string> {
  const uid = dashboardUid(prometheus);
  return { [`${uid}.json`]: `${JSON.stringify(dashboard(prometheus, uid, dataSource), undefined, 2)}\n` };
}

/** By it links survive; it is unique in a Grafana, which may show several stacks. */
function dashboardUid({ namespace, name }: PrometheusModel): string {
  const full = `${namespace}-${name}`;
  if (full.length <= MAX_UID_LENGTH) return full;
  const digest = createHash('sha256').update(full).digest('hex').slice(0, 8);
  return `${full.slice(0, MAX_UID_LENGTH - digest.length - 1)}-${digest}`;
}

function dashboard(prometheus: PrometheusModel, uid: string, dataSource: string | undefined): Record<string, unknown> {
  const { namespace, instance, agents } = prometheus;
  return {
    uid,
    title: `Telemetry pipelines: ${namespace}/${instance}`,
    description: 'Whether metrics are collected and delivered. docs/dashboard.md says what each row tells.',
    tags: ['telemetry', 'opentelemetry'],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: 1, // One crosshair for all panels.
    refresh: SCRAPE_INTERVAL,
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    links: [],
    templating: { list: [dataSourceVariable(dataSource), ...(agents.length > 0 ? variables() : [])] },
    panels: layOut(rows(prometheus), SCRAPE_INTERVAL),
  };
}

/** Only rows and panels for which there is data: an empty panel would look like a fault. */
function rows(prometheus: PrometheusModel): Row[] {
  const { agents } = prometheus;
  const self = { title: 'Prometheus', panels: selfPanels(prometheus) };
  if (agents.length === 0) return [{ title: 'Overview', panels: alertPanels() }, self];
  return [
    { title: 'Overview', panels: [...agentStats(agents), ...alertPanels()] },
    { title: 'Backends', panels: backendPanels(agents) },
    { title: 'Nodes', panels: nodePanels(agents) },
    self,
  ];
}

/** Which data source asks our Prometheus is known to Grafana only. */
function dataSourceVariable(name: string | undefined): Record<string, unknown> {
  return {
    name: 'datasource',
    label: 'Data source',
    type: 'datasource',
    query: 'prometheus',
    regex: name === undefined ? '' : `/^${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/`,
    refresh: 1,
    multi: false,
    includeAll: false,
    current: { text: '', value: '' },
    options: [],
    hide: 0,
    skipUrlSync: false,
  };
}

/** Capacity, because it is there before anything was sent. */
function variables(): Record<string, unknown>[] {
  return [
    labelVariable('agent', 'Agent', `up${selector()}`),
    labelVariable('node', 'Node', `up${OF_AGENTS}`),
    labelVariable('backend', 'Backend', `${QUEUE_CAPACITY}${selector('agent=~"$agent"', 'backend!=""')}`),
  ];
}
