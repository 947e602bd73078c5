import { join } from 'node:path';
import { anchor, findingsPage } from '../scripts/findings-page';
import { CATALOGUE } from '../src/plan/findings/catalogue';

const page = findingsPage();

test('docs/findings.md is the page that the catalogue makes', () => {
  expect(page).toMatchFile(join(__dirname, '../docs/findings.md'));
});

test.each(Object.keys(CATALOGUE))('%s has one section with its anchor', (code) => {
  expect(page.split(`<a id="${anchor(code)}"></a>`)).toHaveLength(2);
});
