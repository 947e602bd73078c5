import type { Acknowledgement } from '../plan/findings/acknowledge';
import { InputError } from '../plan/input-error';
import { Value } from '../plan/value';
import { shown } from '../private/errors';
import { nearest } from '../private/nearest';
import { fromYaml } from '../private/yaml';
import { readTextFile } from './text-files';

const KEYS = ['code', 'object', 'field', 'reason'];
const EXAMPLE = 'write a list of {code: CT101, object: Kind/namespace/name, field: path, reason: why}';

/** The file of `--acknowledge`: nothing in it is ignored, and nothing is accepted without a reason. */
export async function readAcknowledgements(path: string): Promise<Acknowledgement[]> {
  const { text } = await readTextFile(path);
  const root = new Value(parse(path, text), '', (field, allowed, got) => {
    const problem = `got ${shown(got)}, expected ${allowed}`;
    throw new InputError(field === '' ? path : `${path} ${field}`, problem, EXAMPLE);
  });
  return root.items().map((entry) => read(path, entry));
}

function read(path: string, entry: Value): Acknowledgement {
  const unknown = entry.keys().find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const near = nearest(unknown, KEYS);
    const fix = near === undefined ? `use ${KEYS.join(', ')}` : `did you mean ${near}?`;
    throw new InputError(`${path} ${entry.get(unknown).field}`, 'no such key', fix);
  }
  const code = required(path, entry.get('code'));
  if (!/^CT\d{3}$/.test(code)) {
    throw new InputError(`${path} ${entry.field}.code`, `got "${code}"`, 'write CT and three digits, such as CT101');
  }
  const [object, field] = [entry.get('object').text(), entry.get('field').text()];
  return {
    code,
    ...(object !== undefined && { object }),
    ...(field !== undefined && { field }),
    reason: required(path, entry.get('reason')),
    source: path,
  };
}

function required(path: string, value: Value): string {
  const text = value.text()?.trim() ?? '';
  if (text === '') throw new InputError(`${path} ${value.field}`, 'missing', EXAMPLE);
  return text;
}

function parse(path: string, text: string): unknown {
  try {
    return fromYaml(text);
  } catch (error) {
    throw new InputError(path, (error as Error).message, 'correct the YAML');
  }
}
