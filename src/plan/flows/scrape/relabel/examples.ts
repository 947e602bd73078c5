/**
 * Texts that a regular expression matches, to find out what a job asks for. They are suggestions: whoever uses them tries
 * them with the real expression first. What stands in place of something variable, as the `x` for `.+`, follows a mark.
 */
export function examplesOf(source: string): string[] {
  try {
    const parser = new Parser(source);
    const examples = parser.alternatives(0);
    return parser.atEnd() ? examples : [];
  } catch (error) {
    if (error instanceof Unsupported) return [];
    throw error;
  }
}

/** A character that no label has (private use). */
const MARK = '\uE000';

export function withoutMarks(example: string): string {
  return example.replaceAll(MARK, '');
}

/** Whether the text is the only one that the expression allows in this place. */
export function isLiteral(example: string): boolean {
  return !example.includes(MARK);
}

class Unsupported extends Error {}

/** More would make unreadable plans and slow ones. */
const MAX_EXAMPLES = 32;
const MAX_DEPTH = 30;
const MAX_LENGTH = 300;

/** The part of RE2's syntax that people write in relabel rules; anything else is unsupported. */
class Parser {
  private at = 0;

  public constructor(private readonly source: string) {}

  public atEnd(): boolean {
    return this.at >= this.source.length;
  }

  public alternatives(depth: number): string[] {
    if (depth > MAX_DEPTH) throw new Unsupported();
    const found = this.sequence(depth);
    while (this.take('|')) found.push(...this.sequence(depth));
    return limited([...new Set(found)]);
  }

  private sequence(depth: number): string[] {
    let found = [''];
    while (!this.atEnd() && !'|)'.includes(this.source[this.at]!)) {
      const next = this.repeated(this.atom(depth));
      found = limited(found.flatMap((head) => next.map((tail) => head + tail)));
    }
    return found;
  }

  private atom(depth: number): string[] {
    const char = this.source[this.at++]!;
    if (char === '(') return this.group(depth);
    if (char === '[') return this.characterClass();
    if (char === '\\') return this.escape();
    if (char === '.') return [`${MARK}x`];
    if (char === '^' || char === '$') return [''];
    if ('*+?{'.includes(char)) throw new Unsupported();
    return [char];
  }

  private group(depth: number): string[] {
    const opening = /\?(?::|P?<\w+>)/y;
    opening.lastIndex = this.at;
    if (this.source[this.at] === '?' && !opening.test(this.source)) throw new Unsupported();
    this.at = Math.max(this.at, opening.lastIndex);
    const found = this.alternatives(depth + 1);
    if (!this.take(')')) throw new Unsupported();
    return found;
  }

  private characterClass(): string[] {
    const end = this.source.indexOf(']', this.at + 1);
    const inside = this.source.slice(this.at, end);
    if (end < 0 || inside.includes('[')) throw new Unsupported();
    this.at = end + 1;
    if (inside.startsWith('^')) return [`${MARK}x`];
    // `[.]` and `[123]` are lists, `[a-z]` is something variable.
    return /[\\-]/.test(inside) ? [`${MARK}${inside.replace(/^\\/, '')[0]!}`] : Array.from(inside);
  }

  private escape(): string[] {
    const char = this.source[this.at++];
    if (char === undefined) throw new Unsupported();
    if (char === 'd') return [`${MARK}0`];
    if (char === 'w' || char === 'D' || char === 'S') return [`${MARK}x`];
    if (/\w/.test(char)) throw new Unsupported();
    return [char];
  }

  private repeated(found: string[]): string[] {
    const quantifier = /(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/y;
    quantifier.lastIndex = this.at;
    const match = quantifier.exec(this.source);
    if (!match) return found;
    this.at = quantifier.lastIndex;
    if (match[0].startsWith('?')) return ['', ...found];
    if (match[0].startsWith('+')) return found.map((text) => `${MARK}${text}`);
    const times = Math.min(Number(match[1] ?? 0), MAX_LENGTH);
    return found.map((text) => MARK + text.repeat(times));
  }

  private take(char: string): boolean {
    if (this.source[this.at] !== char) return false;
    this.at += 1;
    return true;
  }
}

function limited(found: string[]): string[] {
  if (found.length > MAX_EXAMPLES || found.some(({ length }) => length > MAX_LENGTH)) throw new Unsupported();
  return found;
}
