import { type InputGroup, needsNamespaceFilter } from '../agent/input-groups';
import type { BackendModel } from '../backend';
import { isEmpty, type NamespaceSelection } from '../namespace-selection';
import { oneOf } from '../ottl';
import { literal } from './environment';
import { BATCH_POINTS, REMOTE_WRITE_BATCH_SECONDS } from './queue';

type Settings = Record<string, unknown>;

/**
 * In this order: nothing is transformed that is not wanted, differences are taken of what is sent, and batches come last. The prefixes keep
 * names of backends apart from those of our own components and from each other.
 */
export function ownProcessors(backend: BackendModel, groups: readonly InputGroup[]): Record<string, Settings> {
  const { name, namespaces, transforms, filters, delta } = backend;
  const foreign = groups.some((group) => group.backends.includes(backend) && needsNamespaceFilter(backend, group));
  const interval = Math.max(...groups.flatMap(({ inputs }) => inputs.map(({ intervalSeconds }) => intervalSeconds)));
  return {
    ...(foreign && { [`filter/namespaces-${name}`]: dropping([outside(namespaces)]) }),
    ...(transforms.length > 0 && {
      [`transform/backend-${name}`]: { error_mode: 'ignore', metric_statements: transforms.map(literal) },
    }),
    ...(filters.length > 0 && { [`filter/backend-${name}`]: dropping(filters.map(literal)) }),
    // A series that stays away for four intervals starts anew.
    ...(delta && { [`cumulative_to_delta/${name}`]: { max_staleness: `${4 * interval}s` } }),
    ...(backend.protocol === 'prometheusRemoteWrite' && { [`batch/${name}`]: REMOTE_WRITE_BATCH }),
  };
}

/** OTLP exporters batch in their queue; the queue of remote write counts requests, whatever their size. */
const REMOTE_WRITE_BATCH = {
  timeout: `${REMOTE_WRITE_BATCH_SECONDS}s`,
  send_batch_size: BATCH_POINTS,
  send_batch_max_size: BATCH_POINTS,
};

function dropping(conditions: string[]): Settings {
  return { error_mode: 'ignore', metric_conditions: conditions };
}

/** Nodes have no namespace and are never outside. */
function outside(selection: NamespaceSelection): string {
  const namespace = 'resource.attributes["k8s.namespace.name"]';
  if (isEmpty(selection)) return `${namespace} != nil`;
  const names = 'only' in selection ? selection.only : selection.allExcept;
  const matches = `IsMatch(${namespace}, "${literal(oneOf(names))}")`;
  return 'only' in selection ? `${namespace} != nil and not ${matches}` : matches;
}
