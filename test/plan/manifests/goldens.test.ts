import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseManifests } from '../../../src/plan/manifests/parse';
import { type Read, read } from './reading';

const folder = join(__dirname, '../../goldens');
const goldens = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

/** Charts for different clusters in one file have objects of one name. */
const understood = ({ notAnalysed }: Read) => notAnalysed.every(({ reason }) => reason.startsWith('defined twice'));

test.each(goldens)('%s is read without anything that is not understood', (file) => {
  const golden = read(textOf(file));
  expect(understood(golden)).toBe(true);
  expect(golden.notAnalysed.length > 0).toBe(/two-stacks|gitops/.test(file));
  expect(golden.inventory.workloads.length).toBeGreaterThan(0);
  expect(golden.inventory.networkPolicies.length).toBeGreaterThan(0);
});

test.each(goldens)('%s is read as another parser of YAML 1.1 reads it', (file) => {
  const documents = textOf(file)
    .split(/^---$/m)
    .map((text): unknown => parse(text, { version: '1.1' }));
  expect(parseManifests(file, textOf(file)).map(({ raw }) => raw)).toEqual(documents);
});
