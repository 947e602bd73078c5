import type { Unread } from '../../unread';
import { fieldOf } from '../../value';
import { unknownIn } from '../placeholders';
import type { Component } from './components';

/**
 * Settings that say who somebody is, or what to write on the data, decide no connection, and their values are rightly not
 * among the manifests: only what is not one of these is reported as unknown.
 */
const NO_CONNECTION =
  /^(?:headers?|auth(?:entication|orization)?|.*(?:password|passphrase|token|secret|credentials?)|user(?:name)?|client_id|api_?key|access_key|api|key|.*_pem|external_labels|labels|resource_attributes|endpoint_params|scopes)$/i;

/** Reports each setting of a component whose value the manifests do not contain. */
export function reportUnknownValues({ program, settings }: Component, unread: Unread): void {
  walk(settings.raw, [], (reference, path) => {
    if (path.some((key) => typeof key === 'string' && NO_CONNECTION.test(key))) return;
    unread.report(program.object, path.reduce(childField, settings.field), `the value of ${reference} is not known`);
  });
}

type Path = readonly (string | number)[];

function walk(value: unknown, path: Path, report: (reference: string, path: Path) => void): void {
  if (typeof value === 'string') {
    const reference = unknownIn(value);
    if (reference !== undefined) report(reference, path);
  } else if (Array.isArray(value)) {
    value.forEach((item, i) => {
      walk(item, [...path, i], report);
    });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) walk(item, [...path, key], report);
  }
}

function childField(field: string, key: string | number): string {
  return typeof key === 'number' ? `${field}[${key}]` : fieldOf(field, key);
}
