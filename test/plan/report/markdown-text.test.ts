import { assert, property, string } from 'fast-check';
import { code, prose } from '../../../src/plan/report/markdown-text';

test('ordinary names and sentences stay as they are', () => {
  const field = 'spec.template.metadata.annotations[proxy.istio.io/config]';
  expect(code(field)).toBe(`\`${field}\``);
  const sentence = 'Port 9090 of exporters.prometheus_remote_write/local is (for 10.0.0.1:80) "intercepted".';
  expect(prose(sentence)).toBe(sentence);
});

test('markup in a sentence is text', () => {
  expect(prose('*a* _b_ `c` [d](e) <f> g|h $i$ &lt; \\')).toBe(
    '\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) &lt;f&gt; g&#124;h &#36;i&#36; &amp;lt; \\\\',
  );
});

test('a name with characters that backticks cannot hold is written as HTML', () => {
  expect(code('a`b|c\\d')).toBe('<code>a&#96;b&#124;c&#92;d</code>');
  expect(code('a\\')).toBe('<code>a&#92;</code>');
  expect(code('')).toBe('<code></code>');
});

test('mentions and issue numbers are taken apart', () => {
  expect(prose('@octocat #12 #x')).toBe('@&#8203;octocat #&#8203;12 #x');
});

test('every text is one line without anything that a terminal or a page could act upon', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      for (const written of [code(text), prose(text)]) {
        expect(written).not.toMatch(/[\r\n]/);
        expect(written).not.toMatch(/\p{C}/u);
        expect(written.replace(/<\/?code>/g, '').replace(/^`.*`$/, '')).not.toMatch(/[<>|]/);
      }
    }),
  );
});
