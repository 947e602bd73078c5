/**
 * A value computed from an input, and computed anew only when the input is another one: compared as JSON, because
 * Prometheus' model is built anew at each call.
 */
export class Memo<I, O> {
  private known: { readonly key: string; readonly value: O } | undefined;

  public constructor(
    private readonly input: () => I,
    private readonly compute: (input: I) => O,
  ) {}

  public get(): O {
    const input = this.input();
    const key = JSON.stringify(input);
    if (this.known?.key !== key) this.known = { key, value: this.compute(input) };
    return this.known.value;
  }
}
