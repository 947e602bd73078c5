import * as telemetry from '../src';
import { parseRequest } from '../src/cli/options';
import { COLLECTOR_IMAGE, PROMETHEUS_IMAGE } from '../src/private/images';
import { blocksOf, commandsIn, membersIn } from './docs-blocks';
import { follow, notIn } from './docs-run';
import { pages as everyPage, readPage } from './docs-pages';
import { snippetOf, START_PAGE, typeErrors } from './docs-snippets';

/** Without the generated one, which shows signatures only. */
const pages = everyPage.filter((page) => page !== 'API.md');
/** Against hanging, not against a slow machine. */
const PATIENCE = 120_000;
const howTos = pages.filter((page) => page.startsWith('docs/how-to/'));

describe('every snippet fits the API', () => {
  const snippets = pages.flatMap((page) =>
    blocksOf(readPage(page))
      .filter(({ language }) => language === 'ts')
      .map((block) => snippetOf(page, block)),
  );
  let errors = new Map<string, string[]>();
  beforeAll(() => {
    errors = typeErrors(snippets);
  }, PATIENCE);

  test.each(snippets.map(({ name }) => name))('%s', (name) => {
    expect(errors.get(name)).toEqual([]);
  });
});

describe('every page does what it says', () => {
  test.each(howTos)(
    '%s',
    async (page) => {
      const wrong = (await follow(page)).flatMap((quotation) =>
        notIn(quotation).map((passage) => `${page}:${quotation.block.line}\n${passage}`),
      );
      expect(wrong).toEqual([]);
    },
    PATIENCE,
  );
});

describe('every snippet elsewhere runs', () => {
  const others = pages.filter((page) => !howTos.includes(page));
  test.each(others.filter((page) => blocksOf(readPage(page)).some(({ language }) => language === 'ts')))(
    '%s',
    async (page) => {
      await follow(page);
    },
    PATIENCE,
  );
});

describe('every command has options that exist', () => {
  const commands = pages.flatMap((page) => commandsIn(readPage(page)).map((argv) => [page, argv.join(' ')]));
  test.each(commands)('%s: %s', (_, command) => {
    expect(() => parseRequest(command.split(' '))).not.toThrow();
  });
});

test.each(pages)('%s names members that exist', (page) => {
  const exported = new Map<string, object>(Object.entries(telemetry));
  const unknown = membersIn(readPage(page)).filter(([owner, member]) => {
    const found = exported.get(owner);
    if (found === undefined) return false;
    return !(member in found) && !(member in ((found as { prototype?: object }).prototype ?? {}));
  });
  expect(unknown).toEqual([]);
});

test.each(howTos)('%s names the images that this release was tested with', (page) => {
  const images = readPage(page).matchAll(/\/((?:opentelemetry-collector-contrib|prometheus):[\w.-]+)/g);
  const tested = [COLLECTOR_IMAGE, PROMETHEUS_IMAGE].map((image) => image.slice(image.lastIndexOf('/') + 1));
  for (const [, image] of images) expect(tested).toContain(image);
});

test('the index names every how-to', () => {
  for (const page of howTos.filter((name) => name !== START_PAGE)) {
    expect(readPage(START_PAGE)).toContain(`(${page.slice('docs/how-to/'.length)}`);
  }
});
