/** What we use of Grafana's dashboard schema, and how panels are laid out. */

export interface Query {
  readonly expr: string;
  /** Name of a series, from its labels. */
  readonly legend: string;
}

/** Grafana's names: counts per second, a number, bytes, a share from 0 to 1. */
type Unit = 'cps' | 'short' | 'bytes' | 'percentunit';

/** A value is fine, or from a number on it is not. */
interface Threshold {
  readonly color: string;
  readonly value: number | null;
}

export interface Panel {
  readonly type: 'stat' | 'timeseries' | 'state-timeline';
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  /** From which value on it is bad. */
  readonly badFrom?: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Every panel asks the data source that is chosen at the top. */
const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' };

const GRID_WIDTH = 24;

/** Panels from left to right, in as many lines as they need, each row under its heading. */
export function layOut(rows: readonly Row[], scrapeInterval: string): Record<string, unknown>[] {
  const placed: Record<string, unknown>[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: box(0, y, GRID_WIDTH, 1),
      panels: [],
    });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      if (x + panel.width > GRID_WIDTH) {
        y += lineHeight;
        [x, lineHeight] = [0, 0];
      }
      placed.push(panelJson(panel, placed.length + 1, box(x, y, panel.width, panel.height), scrapeInterval));
      x += panel.width;
      lineHeight = Math.max(lineHeight, panel.height);
    }
    y += lineHeight;
  }
  return placed;
}

function box(x: number, y: number, w: number, h: number): Record<string, number> {
  return { h, w, x, y };
}

function panelJson(
  panel: Panel,
  id: number,
  gridPos: Record<string, number>,
  scrapeInterval: string,
): Record<string, unknown> {
  const { type, title, description, unit, queries } = panel;
  return {
    id,
    type,
    title,
    description,
    datasource: DATA_SOURCE,
    gridPos,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATA_SOURCE,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      // Without it $__rate_interval follows the data source's default of 15 s, which holds two scrapes at best.
      interval: scrapeInterval,
      instant: type === 'stat',
      range: type !== 'stat',
    })),
    fieldConfig: {
      defaults: {
        unit,
        color: { mode: type === 'timeseries' ? 'palette-classic' : 'thresholds' },
        thresholds: { mode: 'absolute', steps: thresholds(panel) },
        ...FIELDS[type](panel),
      },
      overrides: [],
    },
    options: OPTIONS[type](panel),
  };
}

function thresholds({ badFrom, type }: Panel): Threshold[] {
  const fine = { color: type === 'stat' && badFrom === undefined ? 'text' : 'green', value: null };
  return badFrom === undefined ? [fine] : [fine, { color: 'red', value: badFrom }];
}

type Kind = Panel['type'];

const FIELDS: Record<Kind, (panel: Panel) => Record<string, unknown>> = {
  stat: () => ({ noValue: 'unknown' }),
  timeseries: ({ unit, badFrom }) => ({
    min: 0,
    custom: {
      lineWidth: 1,
      fillOpacity: 5,
      showPoints: 'never',
      spanNulls: false,
      ...(unit === 'percentunit' && { axisSoftMax: 1 }),
      ...(badFrom !== undefined && { thresholdsStyle: { mode: 'dashed' } }),
    },
  }),
  'state-timeline': () => ({
    custom: { fillOpacity: 70, lineWidth: 0 },
    mappings: [{ type: 'value', options: { '1': { color: 'red', index: 0, text: 'firing' } } }],
    noValue: 'none',
  }),
};

const OPTIONS: Record<Kind, (panel: Panel) => Record<string, unknown>> = {
  stat: ({ queries }) => ({
    colorMode: 'value',
    graphMode: 'none',
    justifyMode: 'auto',
    orientation: 'vertical',
    percentChangeColorMode: 'standard',
    showPercentChange: false,
    wideLayout: true,
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    textMode: queries.length > 1 ? 'value_and_name' : 'value',
  }),
  timeseries: () => ({
    // The worst of hundreds of nodes come first.
    legend: {
      calcs: ['lastNotNull', 'max'],
      displayMode: 'table',
      placement: 'bottom',
      showLegend: true,
      sortBy: 'Max',
      sortDesc: true,
    },
    tooltip: { mode: 'multi', sort: 'desc' },
  }),
  'state-timeline': () => ({
    legend: { calcs: [], displayMode: 'list', placement: 'bottom', showLegend: false },
    mergeValues: true,
    rowHeight: 0.8,
    showValue: 'never',
    tooltip: { mode: 'single', sort: 'none' },
  }),
};

/** A list to choose from at the top, filled by what Prometheus has. */
export function labelVariable(name: string, label: string, selector: string): Record<string, unknown> {
  const query = `label_values(${selector}, ${name})`;
  return {
    name,
    label,
    type: 'query',
    datasource: DATA_SOURCE,
    definition: query,
    query: { query, refId: name },
    // With the time range: a node that is gone can still be looked at.
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    // Not each value by name: hundreds of nodes would make a query too long for a URL.
    allValue: '.+',
    current: { text: ['All'], value: ['$__all'] },
    options: [],
    regex: '',
    hide: 0,
    skipUrlSync: false,
  };
}
