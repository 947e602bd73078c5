import fc from 'fast-check';
import { accidents } from './bytes';
import { type Container, copied, Embedded, type Place, placesIn } from './tree';
import { key, number, raw, text, value } from './values';

interface Change {
  readonly how: keyof typeof CHANGES;
  /** Which place, counted around. */
  readonly at: number;
  readonly other: number;
  readonly key: string;
  readonly text: string;
  readonly number: number;
  readonly value: unknown;
  readonly accidents: (original: string) => Buffer;
  /** Whether a text stays a text and a number a number: what is refused at once says nothing about the rest. */
  readonly keepsType: boolean;
  /** Whether only what lies deep is changed: configurations rather than the object around them. */
  readonly deep: boolean;
}

const set = (container: Container, name: string, item: unknown): void => {
  // Not by assignment: __proto__ is a name as any other.
  Object.defineProperty(container, name, { value: item, enumerable: true, configurable: true, writable: true });
};

const CHANGES = {
  replace: ({ container, name }: Place, change: Change) => {
    const type = change.keepsType ? typeof container[name] : undefined;
    set(container, name, type === 'string' ? change.text : type === 'number' ? change.number : change.value);
  },
  /** As text, where it is one. */
  damage: ({ container, name }: Place, change: Change) => {
    const item = container[name];
    const text = item instanceof Embedded ? item.original : item;
    if (typeof text === 'string') set(container, name, change.accidents(text).toString());
  },
  /** Text at the end of every name and value below: some of them are names that the report repeats. */
  poison: ({ container, name }: Place, change: Change) => {
    set(container, name, poisoned(container[name], change.text.slice(0, 100)));
  },
  remove: ({ container, name }: Place) => {
    if (Array.isArray(container)) container.splice(Number(name), 1);
    else Reflect.deleteProperty(container, name);
  },
  add: ({ container }: Place, change: Change) => {
    const item = change.keepsType ? change.text : change.value;
    if (Array.isArray(container)) container.push(item);
    else if (!(container instanceof Embedded)) set(container, change.key, item);
  },
  rename: ({ container, name }: Place, change: Change) => {
    if (Array.isArray(container) || container instanceof Embedded) return;
    const item = container[name];
    Reflect.deleteProperty(container, name);
    set(container, change.key, item);
  },
  /** The same key once more, which JSON cannot write. */
  duplicate: ({ container, name }: Place, change: Change) => {
    if (Array.isArray(container)) container.push(copied(container[Number(name)]));
    else if (!(container instanceof Embedded)) set(container, raw(JSON.stringify(name)), change.value);
  },
  repeat: ({ container, name }: Place) => {
    const items = [container[name]].flat();
    set(container, name, Array.from({ length: 20 }, () => items).flat());
  },
  wrap: ({ container, name }: Place, change: Change) => {
    set(container, name, { [change.key]: container[name] });
  },
  copy: (place: Place, _: Change, other: Place) => {
    set(place.container, place.name, copied(other.container[other.name]));
  },
  swap: (place: Place, _: Change, other: Place) => {
    const [here, there] = [place, other].map(({ container, name }) => copied(container[name]));
    set(place.container, place.name, there);
    set(other.container, other.name, here);
  },
};

/** Most often a value is another one: then most of the object is still read. */
const how: fc.Arbitrary<keyof typeof CHANGES> = fc.oneof(
  { arbitrary: fc.constant('replace'), weight: 3 },
  { arbitrary: fc.constantFrom('damage', 'poison'), weight: 4 },
  { arbitrary: fc.constantFrom('remove', 'copy', 'repeat', 'rename', 'add'), weight: 3 },
  fc.constantFrom('wrap', 'swap', 'duplicate'),
);
const mostly = fc.constantFrom(true, true, true, true, true, true, true, false);

const change: fc.Arbitrary<Change> = fc.record({
  how,
  at: fc.nat(),
  other: fc.nat(),
  key,
  text,
  number,
  value,
  accidents,
  keepsType: mostly,
  deep: mostly,
});

/** A copy of the tree with a few changes anywhere in it. */
export function changed(tree: unknown): fc.Arbitrary<unknown> {
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => changes.reduce(apply, copied(tree)));
}

function apply(tree: unknown, step: Change): unknown {
  const every = placesIn(tree);
  const deep = every.filter(({ isDeep }) => isDeep);
  const files = every.filter(({ container, name }) => container[name] instanceof Embedded);
  const all = [step.how === 'damage' ? files : [], step.deep ? deep : [], every].find(({ length }) => length > 0) ?? [];
  const [place, other] = [all[step.at % all.length], all[step.other % all.length]];
  if (place && other) CHANGES[step.how](place, step, other);
  return tree;
}

/** Keys with a slash or a dot are names: `otlp_http/vendor`, an annotation, a file. */
function poisoned(tree: unknown, poison: string): unknown {
  if (typeof tree === 'string') return tree.length > 4 ? tree + poison : tree;
  if (typeof tree !== 'object' || tree === null || tree instanceof Embedded || Array.isArray(tree)) {
    return copied(tree, (item) => poisoned(item, poison));
  }
  const entries = Object.entries(tree).map(([name, item]) => [
    /^[a-z_0-9]+\/|\./.test(name) ? name + poison : name,
    poisoned(item, poison),
  ]);
  return Object.fromEntries(entries) as unknown;
}
