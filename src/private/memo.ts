/** A value computed when first asked for, and again after its inputs changed. */
export class Memo<T extends object> {
  private value: T | undefined;

  public constructor(private readonly compute: () => T) {}

  public get(): T {
    this.value ??= this.compute();
    return this.value;
  }

  public forget(): void {
    this.value = undefined;
  }
}
