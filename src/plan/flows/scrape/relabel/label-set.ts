/** Labels of one origin, such as those of a pod, which its targets share. None of them is empty. */
export type Layer = ReadonlyMap<string, string>;

/** Labels of a target while it is relabelled: changes on top of layers, of which the first that has a label wins. */
export class LabelSet {
  private readonly changes = new Map<string, string>();

  public constructor(private readonly layers: readonly Layer[]) {}

  /** Empty where there is no such label: Prometheus knows no difference. */
  public get(name: string): string {
    const changed = this.changes.get(name);
    if (changed !== undefined) return changed;
    for (const layer of this.layers) {
      const value = layer.get(name);
      if (value !== undefined) return value;
    }
    return '';
  }

  public set(name: string, value: string): void {
    this.changes.set(name, value);
  }

  public entries(): [string, string][] {
    const all = new Map([...this.layers].reverse().flatMap((layer) => [...layer]));
    for (const [name, value] of this.changes) all.set(name, value);
    return [...all].filter(([, value]) => value !== '');
  }
}
