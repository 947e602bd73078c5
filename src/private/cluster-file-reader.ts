import { exampleFix, typeFix, wordFix } from './cluster-file-fixes';
import { invalid, type Problem } from './errors';

/** One mapping of the file. Every key that is read is struck off; `end` refuses what is left. */
export class MappingReader {
  private readonly entries: Map<string, unknown>;
  /** Every key that can stand here, with what is allowed there. */
  private readonly known = new Map<string, string>();

  public constructor(
    public readonly path: string,
    private readonly prefix: string,
    mapping: object,
  ) {
    this.entries = new Map(Object.entries(mapping));
  }

  /** The whole file. */
  public static of(path: string, document: unknown): MappingReader {
    if (isMapping(document)) return new MappingReader(path, '', document);
    const got = document === undefined || document === null ? {} : { got: document };
    throw invalid(path, { input: 'document', ...got, allowed: 'a mapping', fix: 'begin with mesh: { mode: none }' });
  }

  /** @param example for who has something else there */
  public child(key: string, example: string): MappingReader | undefined {
    const value = this.take(key, 'a mapping');
    if (value === undefined) return undefined;
    if (isMapping(value)) return new MappingReader(this.path, `${this.prefix}${key}.`, value);
    throw this.wrong(key, value, exampleFix(value, example));
  }

  public text(key: string): string | undefined {
    const value = this.take(key, 'a string');
    if (value === undefined || typeof value === 'string') return value;
    throw this.wrong(key, value, typeFix.string(value));
  }

  public number(key: string): number | undefined {
    const value = this.take(key, 'a number');
    if (value === undefined || typeof value === 'number') return value;
    throw this.wrong(key, value, typeFix.number(value));
  }

  public flag(key: string): boolean | undefined {
    const value = this.take(key, 'true or false');
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.wrong(key, value, typeFix.flag());
  }

  public texts(key: string): string[] | undefined {
    const value = this.take(key, 'a list of strings');
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.wrong(key, value, typeFix.texts(value));
    return value.map((item: unknown, i) => {
      if (typeof item === 'string') return item;
      throw this.refused(`${key}[${i}]`, { got: item, allowed: 'a string', fix: typeFix.string(item) });
    });
  }

  /** @param example of an entry, for who has something else there */
  public list(key: string, example: string): MappingReader[] | undefined {
    const value = this.take(key, 'a list of mappings');
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.wrong(key, value, exampleFix(value, `[${example}]`));
    return value.map((item: unknown, i) => {
      if (isMapping(item)) return new MappingReader(this.path, `${this.prefix}${key}[${i}].`, item);
      throw this.refused(`${key}[${i}]`, { got: item, allowed: 'a mapping', fix: exampleFix(item, example) });
    });
  }

  /** All entries, whatever their keys, as strings. */
  public allTexts(): Record<string, string> {
    const keys = [...this.entries.keys()];
    return Object.fromEntries(keys.map((key) => [key, this.text(key) ?? '']));
  }

  public member<T extends string>(key: string, members: Record<string, T>): T | undefined {
    const allowed = Object.values(members);
    const value = this.take(key, allowed.join(', '));
    const member = allowed.find((candidate) => candidate === value);
    if (value !== undefined && member === undefined) {
      throw this.wrong(key, value, wordFix(value, allowed, 'write one of them'));
    }
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
    if (value !== undefined) return value;
    throw this.refused(key, { allowed: this.known.get(key) ?? '', fix: 'add the key; nothing is assumed' });
  }

  /** @param misplaced what to do about keys that stand at a wrong place */
  public end(misplaced: Readonly<Record<string, string>> = {}): void {
    const [unknown] = this.entries.keys();
    if (unknown === undefined) return;
    const known = [...this.known.keys()];
    throw this.refused(unknown, {
      got: this.entries.get(unknown),
      allowed: `the keys ${known.join(', ')}`,
      fix: Object.hasOwn(misplaced, unknown) ? misplaced[unknown]! : wordFix(unknown, known, MISSPELLED),
    });
  }

  /** Refuses every other key, because of what was read. */
  public nothingElse(allowed: string, fix: string): void {
    const [other] = this.entries.keys();
    if (other !== undefined) throw this.refused(other, { got: this.entries.get(other), allowed, fix });
  }

  public keys(): string[] {
    return [...this.known.keys()];
  }

  public refused(key: string, problem: Omit<Problem, 'input'>): Error {
    return invalid(this.path, { input: `${this.prefix}${key}`, ...problem });
  }

  private take(key: string, allowed: string): unknown {
    const value = this.entries.get(key);
    this.entries.delete(key);
    this.known.set(key, allowed);
    return value;
  }

  private wrong(key: string, got: unknown, fix: string): Error {
    return this.refused(key, { got, allowed: this.known.get(key) ?? '', fix });
  }
}

const MISSPELLED = 'correct the spelling or remove the key; nothing in the file is ignored';

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
