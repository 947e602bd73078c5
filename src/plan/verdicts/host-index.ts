import { addTo } from '../group-by';

/** Objects by the hosts they are about, so that a name is only compared with those for it and those with a wildcard. */
export class HostIndex<T> {
  private readonly byHost = new Map<string, T[]>();
  private readonly positions: ReadonlyMap<T, number>;

  public constructor(objects: readonly T[], hostsOf: (object: T) => readonly string[]) {
    this.positions = new Map(objects.map((object, i) => [object, i]));
    for (const object of objects) {
      for (const key of new Set(hostsOf(object).map(keyOf))) addTo(this.byHost, key, object);
    }
  }

  /** Those that may be about a name, in the order of the manifests. */
  public candidates(name: string): readonly T[] {
    const found = new Set([keyOf(name), WILDCARD].flatMap((key) => this.byHost.get(key) ?? []));
    const position = (object: T): number => this.positions.get(object) ?? 0;
    return [...found].sort((a, b) => position(a) - position(b));
  }
}

const WILDCARD = '*';

function keyOf(host: string): string {
  return host.startsWith(WILDCARD) ? WILDCARD : host.toLowerCase();
}
