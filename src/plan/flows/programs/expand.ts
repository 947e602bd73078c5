import { isMapping, parseDocument } from './document';

/** The text of a reference such as `env:POD_IP`, or what `unknownValue` gives. */
export type Lookup = (scheme: string, value: string) => string;

/** Far more than anybody writes; values that refer to each other could otherwise grow without end. */
const MAX_NESTING = 20;
const MAX_REFERENCES = 10_000;

/**
 * Replaces `${env:NAME}` and its like in a collector configuration as confmap does: innermost first, `$$` escapes, a value
 * that is nothing but a reference takes the type of what it refers to, other values become text.
 */
export function expanded(document: unknown, lookup: Lookup): unknown {
  return new Expansion(lookup).value(document, 0);
}

class Expansion {
  private references = 0;

  public constructor(private readonly lookup: Lookup) {}

  public value(value: unknown, nesting: number): unknown {
    if (typeof value === 'string') return value.includes('$') ? this.scalar(value, nesting) : value;
    if (Array.isArray(value)) return value.map((item) => this.value(item, nesting));
    if (!isMapping(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.value(item, nesting)]));
  }

  private scalar(text: string, nesting: number): unknown {
    const whole = text.startsWith('${') ? this.reference(text, 0, nesting) : undefined;
    if (whole?.end !== text.length) return this.text(text, nesting);
    const parsed = parseDocument(whole.value);
    // Text in the shape of a comment or of nothing is still text.
    if ('problem' in parsed || parsed.document === undefined || parsed.document === null) {
      return this.text(whole.value, nesting + 1);
    }
    return typeof parsed.document === 'string'
      ? this.text(whole.value.trim(), nesting + 1)
      : this.value(parsed.document, nesting + 1);
  }

  /** Text with its references replaced, read from left to right. */
  private text(text: string, nesting: number): string {
    if (nesting > MAX_NESTING) return text;
    let result = '';
    let at = 0;
    while (at < text.length) {
      const dollar = text.indexOf('$', at);
      if (dollar < 0) return result + text.slice(at);
      result += text.slice(at, dollar);
      const next = text[dollar + 1];
      const found = next === '{' ? this.reference(text, dollar, nesting) : undefined;
      if (found) result += this.text(found.value, nesting + 1);
      else result += '$';
      at = found?.end ?? dollar + (next === '$' ? 2 : 1);
    }
    return result;
  }

  /** The reference that starts at `${`, whose inner references are replaced first. */
  private reference(text: string, start: number, nesting: number): { value: string; end: number } | undefined {
    this.references += 1;
    if (nesting > MAX_NESTING || this.references > MAX_REFERENCES) return undefined;
    let inner = '';
    let at = start + 2;
    for (;;) {
      const close = text.indexOf('}', at);
      if (close < 0) return undefined;
      const open = text.indexOf('${', at);
      if (open < 0 || open > close) return { value: this.resolve(inner + text.slice(at, close)), end: close + 1 };
      const nested = this.reference(text, open, nesting + 1);
      if (!nested) return undefined;
      inner += text.slice(at, open) + this.text(nested.value, nesting + 1);
      at = nested.end;
    }
  }

  private resolve(reference: string): string {
    const [, scheme = 'env', value = reference] = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/s.exec(reference) ?? [];
    return this.lookup(scheme, value);
  }
}
