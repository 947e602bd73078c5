import { BYTES_PER_MI } from '../resources';
import type { Panel, Query } from './dashboard-grafana';
import { AGENT_JOB, SELF_JOB } from './metrics';
import type { AgentTarget } from './model';

/** What all panels share: which series the lists at the top leave, and the two usual kinds of panels. */
export const OF_AGENTS = selector('agent=~"$agent"');
export const OF_NODES = selector('agent=~"$agent"', 'node=~"$node"');
export const OF_BACKENDS = ofBackends();
export const OF_SELF = `{job="${SELF_JOB}"}`;

/** Four scrapes, and more where a pixel is wider than that. */
const WINDOW = '[$__rate_interval]';
export const nodes = { selector: OF_NODES, window: WINDOW };
export const backends = { selector: OF_BACKENDS, window: WINDOW };
export const self = { selector: OF_SELF, window: WINDOW };

export function selector(...matchers: string[]): string {
  return `{${[`job="${AGENT_JOB}"`, ...matchers].join(',')}}`;
}

export function ofBackends(...matchers: string[]): string {
  return selector('agent=~"$agent"', 'node=~"$node"', 'backend=~"$backend"', ...matchers);
}

type Heading = Pick<Panel, 'title' | 'description' | 'unit' | 'badFrom'>;

/** Six of them fill a line. */
export function stat(heading: Heading, ...queries: Query[]): Panel {
  return { ...heading, type: 'stat', width: 4, height: 4, queries };
}

/** Two of them fill a line. */
export function graph(heading: Heading, ...queries: Query[]): Panel {
  return { ...heading, type: 'timeseries', width: 12, height: 8, queries };
}

/** Agents are named where there are several. */
export function named(agents: readonly AgentTarget[], legend: string): string {
  return agents.length > 1 ? `{{namespace}}/{{agent}} ${legend}` : legend;
}

/** The memory limiter of an agent and Go's heap target lie below: who comes here is close to being killed. */
export const ALMOST_AT_THE_LIMIT = 0.9;

export function bytes(mebibytes: number): number {
  return mebibytes * BYTES_PER_MI;
}
