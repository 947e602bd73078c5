import type { Duration, Size } from 'cdk8s';
import type { Cpu } from 'cdk8s-plus-28';
import { invalid, NOT_SHOWN } from './errors';
import { nearest } from './nearest';

/**
 * What TypeScript promises about a value, checked for plain JavaScript, `!` and `as`: refuses a value of another type. What the
 * value means is checked afterwards, where props become model.
 */
export type Kind<T> = (where: string, input: string, got: unknown) => T;
export type RequiredKind<T> = Kind<T> & { readonly isRequired: true };

/** Every key of a props type and the kind of its value. The compiler holds the table to the type. */
export type Keys<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? Kind<Exclude<T[K], undefined>> : RequiredKind<T[K]>;
};

export function required<T>(kind: Kind<T>): RequiredKind<T> {
  return Object.assign((where: string, input: string, got: unknown) => kind(where, input, got), {
    isRequired: true as const,
  });
}

/** The props of a construct or factory: an object, no key that is not known, none missing, each value of its kind. */
export function givenProps<T extends object>(where: string, keys: Keys<T>, props: T): T {
  return checkEntries(where, '', keys, props);
}

export function objectOf<T extends object>(keys: Keys<T>): Kind<T> {
  return (where, input, got) => checkEntries(where, input, keys, got);
}

function checkEntries<T extends object>(where: string, input: string, keys: Keys<T>, got: unknown): T {
  if (!isObject(got)) throw refusedObject(where, input, keys, got);
  const known = Object.keys(keys);
  const unknown = Object.keys(got).find((key) => !Object.hasOwn(keys, key));
  if (unknown !== undefined) throw refusedKey(where, input, known, unknown);
  for (const [key, kind] of entriesOf(keys)) {
    const value = got[key];
    if (value !== undefined || kind.isRequired) kind(where, input === '' ? key : `${input}.${key}`, value);
  }
  return got as T;
}

type Entry = Kind<unknown> & { readonly isRequired?: boolean };

function entriesOf<T>(keys: Keys<T>): [string, Entry][] {
  return Object.entries<Entry>(keys);
}

function refusedObject<T>(where: string, input: string, keys: Keys<T>, got: unknown): Error {
  const needed = entriesOf(keys).flatMap(([key, { isRequired }]) => (isRequired ? [key] : []));
  return invalid(where, {
    input: input || 'props',
    got,
    allowed: `an object with the keys ${Object.keys(keys).join(', ')}`,
    fix: needed.length === 0 ? 'pass {} for the defaults' : `pass at least { ${needed.join(', ')} }`,
  });
}

function refusedKey(where: string, input: string, known: readonly string[], unknown: string): Error {
  const near = nearest(unknown, known);
  return invalid(where, {
    input: input || 'props',
    got: unknown,
    allowed: `the keys ${known.join(', ')}`,
    fix: near === undefined ? 'correct the spelling or remove it; nothing is ignored' : `write ${near}`,
  });
}

/** A Map, a Date or a URL is no object of keys. */
export function isObject(got: unknown): got is Record<string, unknown> {
  return Object.prototype.toString.call(got) === '[object Object]';
}

/** For places where a credential might stand: what is not expected is refused without being shown. */
export function hiding<T>(kind: Kind<T>, isExpected: (got: unknown) => boolean): Kind<T> {
  return (where, input, got) => kind(where, input, got === undefined || isExpected(got) ? got : NOT_SHOWN);
}

export function textOf(allowed: string, fix: string): Kind<string> {
  return kindOf((got) => typeof got === 'string', allowed, fix);
}

const ADD_IT = 'add it; nothing is assumed';

export const text: Kind<string> = kindOf((got) => typeof got === 'string', 'a string', 'put it into quotes', ADD_IT);
export const number: Kind<number> = kindOf(
  (got) => typeof got === 'number',
  'a number',
  'write the number, without quotes',
  ADD_IT,
);
export const flag: Kind<boolean> = kindOf(
  (got) => typeof got === 'boolean',
  'true or false',
  'write true or false, without quotes',
);

// Values of cdk8s are told by their shape: another copy of cdk8s may have made them.
export function durationSuchAs(example: string): Kind<Duration> {
  return kindOf((got) => hasMethod(got, 'toSeconds'), 'a Duration of cdk8s', `pass for example ${example}`);
}

export function sizeSuchAs(example: string): Kind<Size> {
  return kindOf((got) => hasMethod(got, 'toMebibytes'), 'a Size of cdk8s', `pass for example ${example}`);
}

export const cpu: Kind<Cpu> = kindOf(
  (got) => typeof (got as Partial<Cpu> | null)?.amount === 'string',
  'a Cpu of cdk8s-plus',
  'pass for example Cpu.millis(100)',
);

export function hasMethod(got: unknown, method: string): boolean {
  return typeof (got as Record<string, unknown> | null | undefined)?.[method] === 'function';
}

function kindOf<T>(accepts: (got: unknown) => boolean, allowed: string, fix: string, fixIfMissing = fix): Kind<T> {
  return (where, input, got) => {
    if (accepts(got)) return got as T;
    throw invalid(where, { input, got, allowed, fix: got === undefined ? fixIfMissing : fix });
  };
}

/** A member of an enum; a string that is equal to one is as good. */
export function memberOf<T extends string>(name: string, members: Readonly<Record<string, T>>): Kind<T> {
  const keys = Object.keys(members);
  return (where, input, got) => {
    const member = Object.values(members).find((candidate) => candidate === got);
    if (member !== undefined) return member;
    const near = typeof got === 'string' ? nearest(got, keys) : undefined;
    throw invalid(where, {
      input,
      got,
      allowed: keys.map((key) => `${name}.${key}`).join(', '),
      fix: near === undefined ? 'use a member of the enum' : `write ${name}.${near}`,
    });
  };
}

export function listOf<T>(kind: Kind<T>): Kind<T[]> {
  return (where, input, got) => {
    if (!Array.isArray(got)) throw invalid(where, { input, got, allowed: 'a list', fix: `write ${input}: [...]` });
    return Array.from(got, (item: unknown, i) => kind(where, `${input}[${i}]`, item));
  };
}

/** An object whose keys are the user's. */
export function mapOf<T>(kind: Kind<T>): Kind<Record<string, T>> {
  return (where, input, got) => {
    if (!isObject(got)) {
      throw invalid(where, {
        input,
        got,
        allowed: 'an object of keys and values',
        fix: `write ${input}: { key: value }`,
      });
    }
    for (const [key, value] of Object.entries(got)) kind(where, `${input}.${key}`, value);
    return got as Record<string, T>;
  };
}

/** What `instanceof` takes: a class, whoever may construct it. */
interface Class<T> {
  readonly prototype: T;
  [Symbol.hasInstance](value: unknown): boolean;
}

/**
 * A value of one of our own classes.
 *
 * @param factories the calls that make one
 */
export function instanceOf<T>(type: Class<T>, factories: readonly string[], fix: string): Kind<T> {
  return (where, input, got) => {
    if (got instanceof type) return got as T;
    const word = typeof got === 'function' ? got.name : got;
    const meant = factories.find((factory) => typeof word === 'string' && factory.includes(`.${word}(`));
    throw invalid(where, { input, got, allowed: orList(factories), fix: meant === undefined ? fix : `write ${meant}` });
  };
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
