import { checkCidr } from '../../private/checks';
import { LAST_PORT } from '../../private/ports';
import type { Labels, Protocol, Selector } from '../inventory';
import { Value } from '../value';

/** A value that the API server would refuse too; whoever knows the object turns it into an InputError. */
export class WrongValue extends Error {
  public constructor(
    public readonly field: string,
    public readonly allowed: string,
    public readonly got: unknown,
  ) {
    super(`${field}: expected ${allowed}`);
  }
}

function refuse(field: string, allowed: string, got: unknown): never {
  throw new WrongValue(field, allowed, got);
}

/** Unlike the configuration of some program, a Kubernetes object has no wrong types: nothing is reported and passed over. */
export function strictValue(raw: unknown): Value {
  return new Value(raw, '', refuse);
}

export function required(value: Value): string {
  return value.text() ?? refuse(value.field, 'a string', value.raw);
}

export function oneOf<T extends string>(value: Value, allowed: readonly T[]): T | undefined {
  const text = value.text();
  const found = allowed.find((candidate) => candidate === text);
  return text === undefined || found !== undefined ? found : refuse(value.field, allowed.join(', '), text);
}

const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

export function protocolOf(value: Value): Protocol {
  return oneOf(value, PROTOCOLS) ?? 'TCP';
}

export function portNumber(value: Value): number | undefined {
  const port = value.integer();
  return port === undefined || isPort(port) ? port : refuse(value.field, PORT, port);
}

export function requiredPort(value: Value): number {
  return portNumber(value) ?? refuse(value.field, PORT, value.raw);
}

/** A number, or the name of a container port. */
export function portOrName(value: Value): number | string | undefined {
  const port = value.integerOrText();
  return typeof port !== 'number' || isPort(port) ? port : refuse(value.field, PORT, port);
}

/** A port as the key of a mapping. */
export function portKey(field: string, key: string): number {
  return /^[1-9]\d{0,4}$/.test(key) && isPort(Number(key)) ? Number(key) : refuse(field, PORT, key);
}

const PORT = 'a port from 1 to 65535';

function isPort(port: number): boolean {
  return port >= 1 && port <= LAST_PORT;
}

export function cidrOf(value: Value): string {
  const cidr = required(value);
  try {
    return checkCidr('', '', cidr);
  } catch {
    return refuse(value.field, 'a range of addresses with its mask, such as 10.244.0.0/16', cidr);
  }
}

/** Undefined when there is none: in most places an empty selector means the same as none. */
export function labelsOrNone(value: Value): Labels | undefined {
  const labels = value.textMap();
  return Object.keys(labels).length === 0 ? undefined : labels;
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

export function selectorOf(value: Value): Selector {
  return {
    matchLabels: value.get('matchLabels').textMap(),
    matchExpressions: value
      .get('matchExpressions')
      .items()
      .map((expression) => ({
        key: required(expression.get('key')),
        operator: oneOf(expression.get('operator'), OPERATORS) ?? refuse(expression.field, 'an operator', undefined),
        values: expression.get('values').texts(),
      })),
  };
}

/** Refuses what only the combination of fields makes wrong. */
export function demand(condition: unknown, value: Value, allowed: string): asserts condition {
  if (!condition) refuse(value.field, allowed, value.raw);
}
