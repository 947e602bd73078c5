/** Told of a value of the wrong type. What then happens is up to whoever reads: refuse the input, or report and go on. */
export type OnWrongType = (field: string, allowed: string, got: unknown) => void;

/**
 * A value of somebody else's document together with its path. Every reader goes through it, so that no wrong type goes
 * unnoticed and none crashes: a wrong type is reported once and then reads as absent. `null` is absent, as in Kubernetes.
 */
export class Value {
  public constructor(
    public readonly raw: unknown,
    private readonly path: string | (() => string),
    private readonly onWrongType: OnWrongType,
  ) {}

  /** Put together when somebody asks: hardly anybody does, and there are dozens of values to every object. */
  public get field(): string {
    return typeof this.path === 'string' ? this.path : this.path();
  }

  public get present(): boolean {
    return this.raw !== undefined && this.raw !== null;
  }

  /** An entry of a mapping; absent where there is none. */
  public get(key: string): Value {
    const mapping = this.mapping();
    const raw = mapping && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
    return new Value(raw, () => fieldOf(this.field, key), this.onWrongType);
  }

  public at(...keys: string[]): Value {
    return keys.reduce<Value>((value, key) => value.get(key), this);
  }

  public keys(): string[] {
    return Object.keys(this.mapping() ?? {});
  }

  public entries(): [string, Value][] {
    return this.keys().map((key) => [key, this.get(key)]);
  }

  public items(): Value[] {
    if (this.present && !Array.isArray(this.raw)) this.wrong('a list');
    const items: unknown[] = Array.isArray(this.raw) ? this.raw : [];
    return items.map((item, i) => new Value(item, () => `${this.field}[${i}]`, this.onWrongType));
  }

  public text(): string | undefined {
    if (typeof this.raw === 'string') return this.raw;
    if (this.present) this.wrong('a string');
    return undefined;
  }

  public texts(): string[] {
    return this.items().flatMap((item) => item.text() ?? []);
  }

  public integer(): number | undefined {
    if (typeof this.raw === 'number' && Number.isInteger(this.raw)) return this.raw;
    if (this.present) this.wrong('an integer');
    return undefined;
  }

  public flag(): boolean | undefined {
    if (typeof this.raw === 'boolean') return this.raw;
    if (this.present) this.wrong('true or false');
    return undefined;
  }

  public integerOrText(): number | string | undefined {
    return typeof this.raw === 'string' ? this.raw : this.integer();
  }

  /** A mapping of strings, such as labels. */
  public textMap(): Record<string, string> {
    return Object.fromEntries(this.entries().flatMap(([key, value]) => pair(key, value.text())));
  }

  private mapping(): Record<string, unknown> | undefined {
    if (typeof this.raw === 'object' && this.raw !== null && !Array.isArray(this.raw)) {
      return this.raw as Record<string, unknown>;
    }
    if (this.present) this.wrong('a mapping');
    return undefined;
  }

  private wrong(allowed: string): void {
    this.onWrongType(this.field, allowed, this.raw);
  }
}

function pair(key: string, text: string | undefined): [string, string][] {
  return text === undefined ? [] : [[key, text]];
}

/** Keys with dots or slashes stand in brackets: `metadata.annotations[prometheus.io/port]`. */
export function fieldOf(parent: string, key: string): string {
  if (!/^[\w$-]+$/.test(key)) return `${parent}[${key}]`;
  return parent === '' ? key : `${parent}.${key}`;
}
