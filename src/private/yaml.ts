import type * as JsYaml from 'js-yaml';

type Scalar = null | boolean | number | string;
/** Undefined is what an optional setting is that nobody gave: its key is not written. */
type Value = Scalar | Value[] | { [key: string]: Value | undefined };

/**
 * YAML for a file inside a ConfigMap or annotation: block style, without anchors, quoted where any YAML version needs it.
 *
 * Own code where a library would do, because of one measurement: these files are as long as all other manifests together, and
 * the writers at hand (yaml, js-yaml) took 8 to 12 % of the whole process of a synthesis. A property test holds the output to
 * what both of them read.
 */
export function toYaml(document: unknown): string {
  const lines: string[] = [];
  write(document as Value, '', lines);
  return `${lines.join('\n')}\n`;
}

function write(value: Value, indent: string, lines: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) writeItem(item, indent, lines);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) writeEntry(scalar(key), item, indent, lines);
    }
  } else {
    lines.push(indent + scalar(value));
  }
}

/** The first line of a nested value follows the dash. */
function writeItem(item: Value, indent: string, lines: string[]): void {
  if (!isNested(item)) {
    lines.push(`${indent}- ${flat(item)}`);
    return;
  }
  const first = lines.length;
  write(item, `${indent}  `, lines);
  lines[first] = `${indent}- ${lines[first]?.slice(indent.length + 2) ?? ''}`;
}

function writeEntry(key: string, item: Value, indent: string, lines: string[]): void {
  if (isNested(item)) {
    lines.push(`${indent}${key}:`);
    write(item, `${indent}  `, lines);
  } else {
    lines.push(`${indent}${key}: ${flat(item)}`);
  }
}

function isNested(value: Value): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).some((item) => item !== undefined);
}

function flat(value: Value): string {
  if (Array.isArray(value)) return '[]';
  return typeof value === 'object' && value !== null ? '{}' : scalar(value);
}

/** Starts like a word, path, pattern or reference and has no comment, mapping or unprintable in it; or is a duration. */
const PLAIN = /^(?:[A-Za-z_/$(^\\](?:(?!: |:$| #)[ -~])*|\d+(?:s|m|h|MB))$/;
/** What some version of YAML takes for something else than a string. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?[\d_]+)$/i;

function scalar(value: Scalar): string {
  if (typeof value !== 'string') return String(value);
  // JSON strings are YAML strings.
  return PLAIN.test(value) && !RESERVED.test(value) && !value.endsWith(' ') ? value : JSON.stringify(value);
}

/** Fails on syntax errors and duplicate keys, and says in which line. */
export function fromYaml(text: string): unknown {
  // Loaded here: an app that states its facts in code needs no parser.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { load, YAMLException } = require('js-yaml') as typeof JsYaml;
  try {
    return load(text, { listener: refuseMappingAsKey });
  } catch (error) {
    if (error instanceof YAMLException) throw new Error(syntaxProblem(error));
    throw error instanceof RangeError ? new Error('it is nested too deeply') : error;
  }
}

/** js-yaml makes a text of the mapping in `{a: 1}: b`, and so of an unquoted `{{ .Values.x }}`. */
function refuseMappingAsKey(event: JsYaml.EventType, { kind, result, line }: JsYaml.State): void {
  if (event !== 'close' || kind !== 'mapping') return;
  if (Object.keys(result as object).some((key) => key.startsWith('[object Object]'))) {
    throw new Error(`line ${line + 1}: a mapping stands where a key is expected: quote text that begins with {`);
  }
}

/** `line 2: duplicated mapping key`. That there is a second document has no line. */
export function syntaxProblem({ reason, mark }: JsYaml.YAMLException): string {
  const place = mark as JsYaml.Mark | undefined;
  return place === undefined ? reason : `line ${place.line + 1}: ${reason}`;
}
