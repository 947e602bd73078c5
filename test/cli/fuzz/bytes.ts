import fc from 'fast-check';
import { rawScalar, text } from './values';

interface Change {
  readonly how: keyof typeof CHANGES;
  /** Which byte, counted around. */
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const around = (bytes: Buffer, { at }: Change, length: number, inserted: Buffer): Buffer => {
  const from = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(from + length)]);
};
const EMPTY = Buffer.alloc(0);

const words = (bytes: Buffer): string[] => bytes.toString().split(/([\s"',:[\]{}]+)/);

const CHANGES = {
  /** Another word in its place, on the same line. */
  word: (bytes: Buffer, { at, text: other }: Change) => {
    const all = words(bytes);
    all[2 * (at % ((all.length + 1) / 2))] = other.replaceAll('\n', ' ');
    return Buffer.from(all.join(''));
  },
  line: (bytes: Buffer, { at, length }: Change) => {
    const lines = bytes.toString().split('\n');
    const [line = ''] = lines.splice(at % lines.length, 1);
    if (length % 3 > 0)
      lines.splice((at + length) % (lines.length + 1), 0, ...(length % 3 === 1 ? [line] : [line, line]));
    return Buffer.from(lines.join('\n'));
  },
  insert: (bytes: Buffer, change: Change) => around(bytes, change, 0, Buffer.from(change.text)),
  overwrite: (bytes: Buffer, change: Change) => around(bytes, change, change.length, Buffer.from(change.text)),
  remove: (bytes: Buffer, change: Change) => around(bytes, change, change.length, EMPTY),
  truncate: (bytes: Buffer, change: Change) => around(bytes, change, Infinity, EMPTY),
  behead: (bytes: Buffer, { at }: Change) => bytes.subarray(at % (bytes.length + 1)),
  flip: (bytes: Buffer, { at, length }: Change) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at % copy.length]! ^= 1 << (length % 8);
    return copy;
  },
  /** A part of it once more, somewhere else. */
  splice: (bytes: Buffer, change: Change) =>
    around(bytes, change, 0, bytes.subarray(change.length % (bytes.length + 1)).subarray(0, change.length)),
  double: (bytes: Buffer) => (bytes.length < 100_000 ? Buffer.concat([bytes, Buffer.from('\n---\n'), bytes]) : bytes),
  indent: (bytes: Buffer, change: Change) => around(bytes, change, 0, Buffer.alloc(change.length, ' ')),
  longLine: (bytes: Buffer, change: Change) => around(bytes, change, 0, Buffer.alloc(50_000, change.text || 'x')),
  windows: (bytes: Buffer) => Buffer.from(bytes.toString().replaceAll('\n', '\r\n')),
  oldMac: (bytes: Buffer) => Buffer.from(bytes.toString().replaceAll('\n', '\r')),
  tabs: (bytes: Buffer) => Buffer.from(bytes.toString().replaceAll('  ', '\t')),
  marked: (bytes: Buffer) => Buffer.concat([Buffer.from('\uFEFF'), bytes]),
  utf16: (bytes: Buffer) => Buffer.from(bytes.toString(), 'utf16le'),
  notUtf8: (bytes: Buffer, change: Change) => around(bytes, change, 0, Buffer.from([0xc3, 0x28, 0xff])),
  nul: (bytes: Buffer, change: Change) => around(bytes, change, 0, Buffer.from([0])),
};

/** What leaves most of the text readable, more often than what does not. */
const how: fc.Arbitrary<keyof typeof CHANGES> = fc.oneof(
  { arbitrary: fc.constantFrom('word', 'line'), weight: 4 },
  {
    arbitrary: fc.constantFrom('insert', 'overwrite', 'remove', 'truncate', 'behead', 'flip', 'splice', 'indent'),
    weight: 2,
  },
  fc.constantFrom('double', 'longLine', 'windows', 'marked'),
);
const otherText: fc.Arbitrary<keyof typeof CHANGES> = fc.constantFrom('oldMac', 'tabs', 'utf16', 'notUtf8', 'nul');

const change: fc.Arbitrary<Change> = fc.record({
  how: fc.oneof({ arbitrary: how, weight: 30 }, otherText),
  at: fc.nat(),
  length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5_000 })),
  text: fc.oneof(
    text,
    rawScalar,
    fc.constantFrom('---\n', '...\n', '- ', ': ', '? ', '|\n', '>-\n', '&a ', '*a ', '<<: *a\n'),
  ),
});

/** The same text after a few accidents. */
export function damaged(original: string): fc.Arbitrary<Buffer> {
  return accidents.map((happen) => happen(original));
}

export const accidents: fc.Arbitrary<(original: string) => Buffer> = fc
  .array(change, { minLength: 1, maxLength: 3 })
  .map(
    (changes) => (original) =>
      changes.reduce<Buffer>((bytes, step) => CHANGES[step.how](bytes, step), Buffer.from(original)),
  );
