/** What a PromQL expression selects. */
export interface Selectors {
  /** Names of metrics; those that only a matcher on `__name__` gives are not among them. */
  readonly metrics: readonly string[];
  /** Values of `job` that a matcher demands exactly. */
  readonly jobs: readonly string[];
}

const TOKEN =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|[a-zA-Z_:][a-zA-Z0-9_:.]*|\d[\w.]*|[{}()[\],]|[=!~<>]+|\s+|[^]/g;

const WORDS = new Set(
  'and or unless atan2 offset bool by without on ignoring group_left group_right start end inf nan smoothed anchored fill'.split(
    ' ',
  ),
);
/** A list of labels in parentheses follows. */
const BEFORE_LABELS = new Set('by without on ignoring group_left group_right'.split(' '));

/** Reads tokens only: what it does not recognise gives no name. */
export function selectorsIn(expression: string): Selectors {
  const tokens = (expression.match(TOKEN) ?? []).filter((token) => !/^[\s#]/.test(token));
  const metrics = new Set<string>();
  const jobs = new Set<string>();
  let labels = '';
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    if (labels !== '') {
      const value = tokens[i + 2];
      if (labels === '}' && token === 'job' && next === '=' && value !== undefined) jobs.add(unquoted(value));
      if (token === labels) labels = '';
    } else if (token === '{') labels = '}';
    else if (token === '[') labels = ']';
    else if (BEFORE_LABELS.has(token.toLowerCase())) labels = next === '(' ? ')' : '';
    else if (isMetric(token, next)) metrics.add(token);
  });
  return { metrics: [...metrics], jobs: [...jobs] };
}

/** A name that is neither a function or aggregation, nor a word of the language. */
function isMetric(token: string, next: string | undefined): boolean {
  if (!/^[a-zA-Z_:]/.test(token) || token.includes('.') || WORDS.has(token.toLowerCase())) return false;
  return next !== '(' && !BEFORE_LABELS.has(next?.toLowerCase() ?? '');
}

function unquoted(text: string): string {
  return text.replace(/^["'`]|["'`]$/g, '');
}
