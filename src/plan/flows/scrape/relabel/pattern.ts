import { RE2JS } from 're2js';

/** Group 0 is the whole text; groups that took no part are empty, as Go expands them. */
type Groups = readonly string[];

/** The same few label values meet the same patterns again and again; a bound keeps hostile manifests from using memory. */
const MAX_REMEMBERED = 2_000;

/** A regular expression of a relabel rule: RE2 syntax, always anchored at both ends (Prometheus `NewRegexp`). */
export class Pattern {
  private readonly regex: RE2JS;
  private readonly known = new Map<string, Groups | undefined>();

  /** Throws when Prometheus would refuse the expression. */
  public constructor(public readonly source: string) {
    this.regex = RE2JS.compile(`^(?s:${source})$`);
  }

  public matches(text: string): boolean {
    return this.groups(text) !== undefined;
  }

  /** The template with what the groups hold, or undefined when the text does not match. */
  public expand(template: string, text: string): string | undefined {
    const groups = this.groups(text);
    return (
      groups && template.replace(REFERENCE, (_, braced?: string, plain?: string) => this.group(groups, braced ?? plain))
    );
  }

  private group(groups: Groups, name: string | undefined): string {
    if (name === undefined) return '$';
    const named = this.regex.namedGroups();
    const number = /^(0|[1-9]\d*)$/.test(name) ? Number(name) : Object.hasOwn(named, name) ? named[name]! : -1;
    return groups[number] ?? '';
  }

  private groups(text: string): Groups | undefined {
    if (this.known.has(text)) return this.known.get(text);
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    const matcher = this.regex.matcher(text);
    const groups = matcher.find()
      ? Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '')
      : undefined;
    this.known.set(text, groups);
    return groups;
  }
}

/** `$name`, `${name}` and `$$`; any other dollar sign stands for itself (Go `regexp.Expand`). */
const REFERENCE = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;
