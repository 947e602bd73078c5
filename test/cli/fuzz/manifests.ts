import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifests } from '../../../src/plan/manifests/parse';
import { damaged } from './bytes';
import { changed } from './changes';
import { opened, textOf } from './tree';
import { ANCHORS } from './values';

const TEST = join(__dirname, '../..');

/** What the mutations start from: every golden, every kind of object, and charts of others. */
const files = [
  ...['goldens', 'plan/flows/charts'].flatMap((folder) =>
    readdirSync(join(TEST, folder))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => join(TEST, folder, name)),
  ),
  join(TEST, 'plan/manifests/every-kind.yaml'),
];

const texts = files.map((file) => readFileSync(file, 'utf8'));
const trees = texts.map((text) => parseManifests('golden', text).map(({ raw }) => opened(raw)));

/** A few documents that stand together: small inputs run often. Sometimes all. */
function someOf<T>(corpora: readonly (readonly T[])[]): fc.Arbitrary<readonly T[]> {
  const extent = fc.record({
    from: fc.nat(),
    count: fc.oneof({ arbitrary: fc.integer({ min: 1, max: 6 }), weight: 29 }, fc.constant(Infinity)),
  });
  return fc.tuple(fc.constantFrom(...corpora), extent).map(([corpus, { from, count }]) => {
    const start = count === Infinity ? 0 : from % corpus.length;
    return corpus.slice(start, start + count);
  });
}

export const damagedManifests: fc.Arbitrary<Buffer> = someOf(texts.map((text) => text.split(/^---$/m))).chain(
  (documents) => damaged(documents.join('---')),
);

const anchored = fc.constantFrom({}, {}, {}, ANCHORS);

export const changedManifests: fc.Arbitrary<Buffer> = someOf(trees).chain(written);

/** Two states of the same manifests. */
export const twoManifests: fc.Arbitrary<readonly [Buffer, Buffer]> = someOf(trees).chain((documents) =>
  fc.tuple(fc.oneof(fc.constant(bytesOf(documents, {})), written(documents)), written(documents)),
);

function written(documents: readonly unknown[]): fc.Arbitrary<Buffer> {
  return fc.tuple(changed(documents), anchored).map(([all, anchors]) => bytesOf(all as unknown[], anchors));
}

/** Anchors hold for their document. */
function bytesOf(documents: readonly unknown[], anchors: object): Buffer {
  const withAnchors = (document: unknown) =>
    typeof document === 'object' && document !== null && !Array.isArray(document)
      ? { ...anchors, ...document }
      : document;
  return Buffer.from(documents.map((document) => textOf(withAnchors(document))).join('\n---\n'));
}

export const someManifests: fc.Arbitrary<Buffer> = someOf(texts.map((text) => text.split(/^---$/m))).map((documents) =>
  Buffer.from(documents.join('---')),
);
