/** The little of commonmark's interface that is used here; the package has no types of its own. */
declare module 'commonmark' {
  export interface Node {
    readonly type: string;
    readonly literal: string | null;
    readonly destination: string | null;
    walker(): { next(): { readonly entering: boolean; readonly node: Node } | null };
  }

  export class Parser {
    public parse(text: string): Node;
  }
}
