import type { Unread } from '../unread';
import type { Value } from '../value';

/** Keys that are read; those of a list are the keys of its items, null stands for a value without keys of its own. */
export interface Shape {
  readonly [key: string]: Shape | null;
}

/** A misspelt key of a policy would open it to everybody, so keys that nobody reads are told. */
export function reportUnknownKeys(unread: Unread, object: string, value: Value, shape: Shape, reason: string): void {
  if (Array.isArray(value.raw)) {
    for (const item of value.items()) reportUnknownKeys(unread, object, item, shape, reason);
    return;
  }
  for (const [key, entry] of value.entries()) {
    const inner = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (inner) reportUnknownKeys(unread, object, entry, inner, reason);
    else if (inner === undefined && entry.present) unread.report(object, entry.field, reason);
  }
}
