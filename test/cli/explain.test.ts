import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODES } from '../../src/plan/findings/catalogue';
import { cli } from './runs';

const page = readFileSync(join(__dirname, '../../docs/findings.md'), 'utf8');

test.each(CODES)('explain %s says what the page of findings says', async (code) => {
  const { code: exit, stdout, stderr } = await cli(['explain', code]);
  expect([exit, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(new RegExp(`^${code}: `));
  expect(page).toContain(`### ${stdout}`);
});

test('several codes at once, in any letter case', async () => {
  const { stdout } = await cli(['explain', 'ct105', 'CT101']);
  expect(stdout).toMatch(/^CT105: .*\n\n\nCT101: /s);
});

test('without a code it lists them all, one a line', async () => {
  const { stdout } = await cli(['explain']);
  expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([...CODES, '']);
  expect(stdout).toContain("CT105 (warning): Scrape goes through the client's sidecar\n");
});

test.each([
  ['CT000', /explain CT000: no such code; fix: cdk8s-telemetry explain lists all codes/],
  ['__proto__', /explain __proto__: no such code/],
])('%s is no code', async (name, message) => {
  const { code, stdout, stderr } = await cli(['explain', 'CT101', name]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test('an option of another command is refused', async () => {
  const { code, stderr } = await cli(['explain', 'CT101', '--format', 'json']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/--format: not an option of explain; fix: leave it out/);
});
