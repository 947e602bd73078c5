import type { NotAnalysed } from './result';
import { Value } from './value';

/** Told of what an object has and the planner does not read. */
export type ReportField = (field: string, reason: string) => void;

/** Collects what the planner does not understand; every step reports here, and each thing is said once. */
export class Unread {
  private readonly found = new Map<string, NotAnalysed>();

  public report(object: string, field: string, reason: string): void {
    this.found.set(`${object} ${field} ${reason}`, { object, field, reason });
  }

  /** A reader for a document inside an object, such as a collector configuration: wrong types are reported. */
  public reader(object: string, field: string, document: unknown): Value {
    return new Value(document, field, (wrong, allowed, got) => {
      this.report(object, wrong, `got ${JSON.stringify(got)}, expected ${allowed}`);
    });
  }

  public list(): NotAnalysed[] {
    return [...this.found.values()];
  }
}
