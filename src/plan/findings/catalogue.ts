import { CERTIFICATES } from './catalogue/certificates';
import type { CatalogueEntry } from './catalogue/entry';
import { FLOWS } from './catalogue/flows';
import { INJECTION } from './catalogue/injection';
import { INTERCEPTION } from './catalogue/interception';
import { NETWORK_POLICY } from './catalogue/network-policy';
import { PLAN } from './catalogue/plan';
import { PROGRAMS } from './catalogue/programs';
import { TRAFFIC_ANNOTATIONS } from './catalogue/traffic-annotations';

const ENTRIES = {
  ...TRAFFIC_ANNOTATIONS,
  ...INTERCEPTION,
  ...CERTIFICATES,
  ...INJECTION,
  ...NETWORK_POLICY,
  ...FLOWS,
  ...PROGRAMS,
  ...PLAN,
} as const;

/** Stable: acknowledgements name it, so a code never changes its meaning and never comes back after it went. */
export type Code = keyof typeof ENTRIES;

export const CATALOGUE: Readonly<Record<Code, CatalogueEntry>> = ENTRIES;

export const CODES = (Object.keys(CATALOGUE) as Code[]).sort();
