import type { EventType, State } from 'js-yaml';

/** Deeper than any object that an API server stores; keeps every recursive step of the planner off the end of the stack. */
const MAX_DEPTH = 200;
/** Characters and values that aliases may add to a file: a "billion laughs" is stopped where it starts to grow. */
const MAX_ALIASED = 1_000_000;

/** Why a text is refused, and where. */
export class ParseProblem extends Error {
  public constructor(
    public readonly problem: string,
    public readonly fix: string,
    public readonly line?: number,
  ) {
    super(problem);
  }
}

/** Size of a value with its aliases written out. */
interface Extent {
  readonly size: number;
  readonly depth: number;
}

/**
 * Follows js-yaml node by node, so that hostile text is refused while it is read and every message has a line, without a
 * second parse.
 */
export class ParseGuard {
  /** Line on which each document starts. */
  public readonly lines: number[] = [];
  /** Whether values are shared, or have to be merged, so that the documents need another look. */
  public hasAliases = false;
  public hasMergeKeys = false;

  private depth = 0;
  private aliased = 0;
  private readonly extents = new Map<object, Extent>();

  public readonly listener = (event: EventType, state: State): void => {
    if (event === 'open') this.open(state);
    else this.close(state);
  };

  private open(state: State): void {
    if (this.depth === 0) this.lines.push(state.line + 1);
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw tooDeep(state);
  }

  private close(state: State): void {
    this.depth -= 1;
    // js-yaml gives an alias no kind, other than its type says.
    const kind = state.kind as string | null;
    const result: unknown = state.result;
    if (typeof result === 'string') this.closeText(result, state);
    if (typeof result === 'number' && !Number.isFinite(result)) {
      throw problemAt(state, 'infinity and NaN are no Kubernetes values', 'quote it, or write a number');
    }
    if (kind === 'mapping' && Object.hasOwn(result as object, MAPPING_AS_KEY)) {
      throw problemAt(state, 'a mapping stands where a key is expected', 'quote text that starts with {');
    }
    if (kind === null && result !== null) this.closeAlias(result, state);
  }

  private closeText(text: string, state: State): void {
    if (text === '__proto__') {
      throw problemAt(state, '__proto__ is refused', 'remove it: no Kubernetes field is called so');
    }
    if (text === '<<') this.hasMergeKeys = true;
  }

  private closeAlias(target: unknown, state: State): void {
    this.hasAliases = true;
    const { size, depth } = this.extentOf(target);
    this.aliased += size;
    if (this.aliased > MAX_ALIASED) {
      throw problemAt(state, 'aliases make the file too large', 'write the values out instead of repeating aliases');
    }
    if (this.depth + depth > MAX_DEPTH) throw tooDeep(state);
  }

  private extentOf(value: unknown): Extent {
    if (typeof value === 'string') return { size: value.length + 1, depth: 1 };
    if (typeof value !== 'object' || value === null) return { size: 1, depth: 1 };
    const known = this.extents.get(value);
    if (known) return known;
    const extent = { size: 1, depth: 1 };
    for (const [key, item] of Object.entries(value)) {
      const inner = this.extentOf(item);
      extent.size += key.length + inner.size;
      extent.depth = Math.max(extent.depth, inner.depth + 1);
    }
    this.extents.set(value, extent);
    return extent;
  }
}

/** What js-yaml makes of `{a: 1}: b`, and so of an unquoted `{{ .Values.x }}`. */
const MAPPING_AS_KEY = '[object Object]';

function tooDeep(state: State): ParseProblem {
  return problemAt(state, `more than ${MAX_DEPTH} levels deep`, 'no Kubernetes object is nested like that');
}

function problemAt(state: State, problem: string, fix: string): ParseProblem {
  return new ParseProblem(problem, fix, state.line + 1);
}
