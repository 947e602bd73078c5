import { Schema, Type } from 'js-yaml';

/**
 * Unquoted scalars as `kubectl`, Helm and the API server read them: sigs.k8s.io/yaml on go-yaml v2 (`resolve.go`), a flavour
 * of YAML 1.1. js-yaml's own schemas are YAML 1.2, where `y` is a string and `0777` is decimal.
 */
function readPlain(text: string): unknown {
  const named = NAMED.get(text);
  if (named !== undefined) return named;
  if (text.startsWith('.')) return DOT_FLOAT.test(text) ? numberOr(text, text) : text;
  return STARTS_LIKE_A_NUMBER.test(text) ? readNumber(text) : text;
}

const NAMED: ReadonlyMap<string, boolean | number | null> = new Map<string, boolean | number | null>([
  ...named(true, 'y Y yes Yes YES true True TRUE on On ON'),
  ...named(false, 'n N no No NO false False FALSE off Off OFF'),
  ...named(null, '~ null Null NULL'),
  ...named(NaN, '.nan .NaN .NAN'),
  ...named(Infinity, '.inf .Inf .INF +.inf +.Inf +.INF'),
  ...named(-Infinity, '-.inf -.Inf -.INF'),
]);

function named<T>(value: T, words: string): [string, T][] {
  return words.split(' ').map((word) => [word, value]);
}

const STARTS_LIKE_A_NUMBER = /^[-+0-9]/;
const INTEGER = /^[-+]?(?:0|[1-9][0-9]*)$/;
const PREFIXED = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/;
const OCTAL = /^[-+]?0[0-7]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const DOT_FLOAT = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)?$/;
/** Go has no integer beyond 64 bits, and takes a longer octal, binary or hexadecimal number for a string. */
const BEYOND_64_BITS = 2 ** 64;

/** Timestamps, versions and base 60 (`1:30`) fit none of the patterns and stay strings, as in go-yaml. */
function readNumber(text: string): unknown {
  const plain = text.replaceAll('_', '');
  const [, sign, digits] = PREFIXED.exec(plain) ?? [];
  if (digits !== undefined) return within64Bits(sign === '-' ? -Number(digits) : Number(digits), text);
  if (OCTAL.test(plain)) return within64Bits(Number.parseInt(plain, 8), text);
  return INTEGER.test(plain) || FLOAT.test(plain) ? numberOr(plain, text) : text;
}

function within64Bits(value: number, text: string): unknown {
  return Math.abs(value) <= BEYOND_64_BITS ? value : text;
}

/** `1e400` fits no double: a string in Go. */
function numberOr(plain: string, text: string): unknown {
  const value = Number(plain.replaceAll('_', ''));
  if (value === 0) return 0;
  return Number.isFinite(value) ? value : text;
}

/** What can be anything else than a string; most scalars are told apart by their first character. */
const MAYBE_NOT_TEXT = /^[-+.0-9yYnNtTfFoO~]/;

const plainScalar = new Type('tag:kubernetes,scalar', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null && MAYBE_NOT_TEXT.test(text),
  construct: readPlain,
});

/** An explicit tag, such as `!!int "1"`: the value must be of that type. */
function tagged(name: string, allows: (value: unknown) => boolean): Type {
  return new Type(`tag:yaml.org,2002:${name}`, {
    kind: 'scalar',
    resolve: (text: string | null) => text !== null && allows(readPlain(text)),
    construct: readPlain,
  });
}

const isNumber = (value: unknown): boolean => typeof value === 'number';

const tags = [
  tagged('int', Number.isInteger),
  tagged('float', isNumber),
  tagged('bool', (value) => typeof value === 'boolean'),
  new Type('tag:yaml.org,2002:null', {
    kind: 'scalar',
    resolve: (text: string | null) => text === null || text === '' || readPlain(text) === null,
    construct: () => null,
  }),
  new Type('tag:yaml.org,2002:binary', {
    kind: 'scalar',
    resolve: (text: string | null) => text !== null && isBase64(text),
    construct: decodeBase64,
  }),
  // Any other tag has no effect in go-yaml: a scalar stays a string.
  new Type('', { kind: 'scalar', multi: true, construct: (text: string | null) => text ?? '' }),
  new Type('', { kind: 'sequence', multi: true }),
  new Type('', { kind: 'mapping', multi: true }),
];

/**
 * Without a type for merge keys: js-yaml would let `<<` win or lose differently than go-yaml, so merge-keys.ts does it.
 */
export const KUBERNETES_SCHEMA = new Schema({ implicit: [plainScalar], explicit: tags });

/** As Go's base64.StdEncoding: line breaks are skipped, padding is mandatory. */
export function isBase64(text: string): boolean {
  const digits = text.replace(/[\r\n]/g, '');
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
}

export function decodeBase64(text: string): string {
  return Buffer.from(text, 'base64').toString();
}
