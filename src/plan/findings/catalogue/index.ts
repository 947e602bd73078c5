import { CERTIFICATES } from './certificates';
import type { CatalogueEntry } from './entry';
import { FLOWS } from './flows';
import { INJECTION } from './injection';
import { INTERCEPTION } from './interception';
import { NETWORK_POLICY } from './network-policy';
import { PLAN } from './plan';
import { PROGRAMS } from './programs';
import { TRAFFIC_ANNOTATIONS } from './traffic-annotations';

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
