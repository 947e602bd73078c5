import { groupBy, groupsBy } from '../group-by';
import type { Encryption, Flow, FlowTarget, Plan, PlannedWorkload, Purpose, TargetKind } from '../result';
import { oneLine } from './markdown-text';
import { inOrder, key, targetKey } from './order';
import { dataPlaneWords, type Outcome, outcomeOf, portsOf, TARGETS } from './words';

/** Every pod has these; drawn, they would hide the rest. */
const NOT_DRAWN: readonly Purpose[] = ['probe', 'resolve'];

const ARROWS: Record<Outcome, string> = { works: '-->', refused: '--x', broken: '--x', denied: '--x', unknown: '-.->' };
const COLOURS: Partial<Record<Outcome, string>> = { refused: '#c00', broken: '#c00', denied: '#c00', unknown: '#888' };

const SHAPES: Partial<Record<TargetKind, readonly [string, string]>> = { external: ['{{', '}}'] };

interface Node {
  readonly key: string;
  /** Undefined for what is in no namespace. */
  readonly namespace: string | undefined;
  readonly label: string;
  readonly shape: readonly [string, string];
}

interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly outcome: Outcome;
  readonly label: string;
}

/** The plan as a picture that GitHub draws: parallel connections with the same outcome are one arrow. */
export function mermaidOf(plan: Plan): string {
  const { workloads, flows } = inOrder(plan);
  const drawn = flows.filter(({ purpose }) => !NOT_DRAWN.includes(purpose));
  const edges = edgesOf(drawn, workloads);
  const nodes = [...new Map(edges.flatMap(({ from, to }) => [from, to]).map((node) => [node.key, node])).values()];
  const ids = new Map(nodes.map((node, i) => [node.key, `n${i}`]));
  const id = (node: Node): string => ids.get(node.key) ?? '';
  return [
    'flowchart LR',
    `  %% Not drawn: ${flows.length - drawn.length} probes and DNS lookups`,
    ...[...groupBy(nodes, ({ namespace = '' }) => namespace)].flatMap(([namespace, members], i) =>
      subgraph(
        namespace,
        `s${i}`,
        members.map((node) => `${id(node)}${node.shape.join(quoted(node.label))}`),
      ),
    ),
    ...edges.map(({ from, to, outcome, label }) => `  ${id(from)} ${ARROWS[outcome]}|${quoted(label)}| ${id(to)}`),
    ...edges.flatMap(({ outcome }, i) => linkStyle(i, COLOURS[outcome])),
    '',
  ].join('\n');
}

function edgesOf(flows: readonly Flow[], workloads: readonly PlannedWorkload[]): Edge[] {
  const nodes = workloads.map(workloadNode);
  const byId = new Map(nodes.map((node) => [node.key, node]));
  const ends = flows.map((flow) => ({
    flow,
    from: byId.get(flow.from) ?? clientNode(flow.from),
    to: byId.get(flow.to.workload ?? '') ?? targetNode(flow.to),
    outcome: outcomeOf(flow),
  }));
  const parallel = groupsBy(ends, ({ from, to, outcome }) => key(from.key, to.key, outcome));
  return parallel.map((same) => ({ ...same[0], label: edgeLabel(same.map(({ flow }) => flow)) }));
}

/** `8080, 9090 plaintext and 443 app-tls` */
function edgeLabel(flows: readonly Flow[]): string {
  const groups = groupsBy(flows, ({ encryption }) => encryption).map((same) => {
    const [{ encryption }] = same;
    return `${[...new Set(same.map(portsOf))].join(', ')} ${ENCRYPTION_WORDS[encryption] ?? encryption}`;
  });
  return groups.join(' and ');
}

const ENCRYPTION_WORDS: Partial<Record<Encryption, string>> = { none: 'plaintext', unknown: 'encryption unknown' };

function workloadNode({ id, dataPlane }: PlannedWorkload): Node {
  const [kind = '', namespace, ...name] = id.split('/');
  return { key: id, namespace, label: `${kind} ${name.join('/')} (${dataPlaneWords(dataPlane)})`, shape: ['[', ']'] };
}

/** The API server is one node, whether it calls or is called. */
function clientNode(from: string): Node {
  if (from === 'kube-apiserver') return targetNode({ kind: 'kubernetes-api', name: from });
  return { key: from, namespace: undefined, label: from, shape: ['([', '])'] };
}

function targetNode(to: FlowTarget): Node {
  const { words, named } = TARGETS[to.kind];
  const isWorded = to.name === words || to.name.startsWith(`${words} `);
  const name = named ? (isWorded ? to.name : `${words} ${to.name}`.trim()) : words;
  return {
    key: named ? targetKey(to) : key(to.kind),
    namespace: named ? to.namespace : undefined,
    label: to.dataPlane ? `${name} (${dataPlaneWords(to.dataPlane)})` : name,
    shape: SHAPES[to.kind] ?? (named ? ['(', ')'] : ['([', '])']),
  };
}

function subgraph(namespace: string, id: string, nodes: readonly string[]): string[] {
  if (namespace === '') return nodes.map((node) => `  ${node}`);
  return [`  subgraph ${id}[${quoted(namespace)}]`, ...nodes.map((node) => `    ${node}`), '  end'];
}

function linkStyle(edge: number, colour: string | undefined): string[] {
  return colour === undefined ? [] : [`  linkStyle ${edge} stroke:${colour}`];
}

/** Everything that could be syntax of Mermaid or HTML is written as Mermaid's character code. */
function quoted(text: string): string {
  const label = oneLine(text).replace(/[^\p{L}\p{N} ./:_(),→-]/gu, (char) => `#${char.codePointAt(0) ?? 0};`);
  return `"${label}"`;
}
