/** A value computed when it is asked for, and computed anew when its version has changed. */
export class Memo<T> {
  private known: { readonly version: number; readonly value: T } | undefined;

  public constructor(
    private readonly version: () => number,
    private readonly compute: () => T,
  ) {}

  public get(): T {
    const version = this.version();
    if (this.known?.version !== version) this.known = { version, value: this.compute() };
    return this.known.value;
  }

  /** A value computed from this one. */
  public derived<U>(compute: (value: T) => U): Memo<U> {
    return new Memo(this.version, () => compute(this.get()));
  }
}
