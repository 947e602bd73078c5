import { invalid } from './errors';

/** One mapping of the file. Every key that is read is struck off; `end` refuses what is left. */
export class Reader {
  private readonly entries: Map<string, unknown>;

  public constructor(
    public readonly path: string,
    private readonly prefix: string,
    value: unknown,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const input = prefix.slice(0, -1) || 'document';
      throw invalid(path, { input, got: value, allowed: 'a mapping', fix: 'correct the value in the file' });
    }
    this.entries = new Map(Object.entries(value));
  }

  public child(key: string): Reader | undefined {
    const value = this.take(key);
    return value === undefined ? undefined : new Reader(this.path, `${this.prefix}${key}.`, value);
  }

  public text(key: string): string | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'string') return value;
    throw this.wrong(key, value, 'a string');
  }

  public number(key: string): number | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'number') return value;
    throw this.wrong(key, value, 'a number');
  }

  public flag(key: string): boolean | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.wrong(key, value, 'true or false');
  }

  public texts(key: string): string[] | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw this.wrong(key, value, 'a list of strings');
  }

  public list(key: string): Reader[] | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.wrong(key, value, 'a list');
    return value.map((item, i) => new Reader(this.path, `${this.prefix}${key}[${i}].`, item));
  }

  /** All entries, whatever their keys, as strings. */
  public allTexts(): Record<string, string> {
    const keys = [...this.entries.keys()];
    return Object.fromEntries(keys.map((key) => [key, this.text(key) ?? '']));
  }

  public member<T extends string>(key: string, members: Record<string, T>): T | undefined {
    const allowed = Object.values(members);
    const value = this.take(key);
    const member = allowed.find((candidate) => candidate === value);
    if (value !== undefined && member === undefined) throw this.wrong(key, value, allowed.join(', '));
    return member;
  }

  /** All entries, whatever their keys, as members of an enum. */
  public members<T extends string>(members: Record<string, T>): Record<string, T> {
    const keys = [...this.entries.keys()];
    return Object.fromEntries(keys.map((key) => [key, this.member(key, members)!]));
  }

  /** The value read from this mapping, when nothing is left in it. */
  public whole<T>(value: T): T {
    this.end();
    return value;
  }

  public required<T>(key: string, value: T | undefined): T {
    if (value === undefined) throw this.missing(key, 'a value');
    return value;
  }

  public end(): void {
    const [unknown] = this.entries.keys();
    if (unknown !== undefined) {
      throw invalid(this.path, {
        input: `${this.prefix}${unknown}`,
        got: this.entries.get(unknown),
        allowed: 'the keys of ClusterProps, and under mesh those of SidecarMeshProps',
        fix: 'correct the spelling or remove the key; nothing in the file is ignored',
      });
    }
  }

  private take(key: string): unknown {
    const value = this.entries.get(key);
    this.entries.delete(key);
    return value;
  }

  public missing(key: string, allowed: string): Error {
    return invalid(this.path, { input: `${this.prefix}${key}`, allowed, fix: 'add the key; nothing is assumed' });
  }

  private wrong(key: string, got: unknown, allowed: string): Error {
    return invalid(this.path, { input: `${this.prefix}${key}`, got, allowed, fix: 'correct the value in the file' });
  }
}
