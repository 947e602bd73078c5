import { API_SERVER_PORT } from '../../../private/ports';
import type { Container, EnvVar, Labels, Workload } from '../../inventory';
import type { World } from '../../world';
import {
  API_SERVER_ADDRESS,
  NODE_ADDRESS,
  NODE_NAME,
  POD_ADDRESS,
  POD_NAME,
  POD_UID,
  unknownValue,
} from '../placeholders';

/**
 * The environment of a container. A value that the manifests do not contain is a text in which `unknownIn` finds the
 * reference; what Kubernetes tells each pod about itself is one of the placeholders.
 */
export class Environment {
  private readonly values: ReadonlyMap<string, string>;

  public constructor(
    private readonly world: World,
    private readonly workload: Workload,
    private readonly container: Container,
  ) {
    this.values = this.read();
  }

  /** Undefined only if the manifest certainly does not set it; an image may. */
  public get(name: string): string | undefined {
    const value = this.values.get(name);
    if (value !== undefined) return value;
    const hidden = this.container.envFrom.find((source) => this.source(source) === undefined);
    if (!hidden) return undefined;
    return unknownValue(`env:${name}, perhaps from ${kindOf(hidden.type)} ${this.workload.namespace}/${hidden.name}`);
  }

  /** Names and values that manifests set, without those of Kubernetes. */
  public entries(): [string, string][] {
    return [...this.values].filter(([name]) => !Object.hasOwn(SERVICE_VARIABLES, name));
  }

  /** Kubernetes replaces `$(NAME)` in commands, arguments and values; `$$` escapes it. */
  public substitute(text: string): string {
    return expandReferences(text, (name) => this.get(name));
  }

  private read(): Map<string, string> {
    const values = new Map(Object.entries(SERVICE_VARIABLES));
    for (const source of this.container.envFrom) {
      for (const [key, value] of Object.entries(this.source(source) ?? {})) values.set(source.prefix + key, value);
    }
    for (const variable of this.container.env) {
      values.set(variable.name, this.valueOf(variable, values));
    }
    return values;
  }

  private valueOf({ name, value, fieldPath, configMap, secret }: EnvVar, before: ReadonlyMap<string, string>): string {
    if (value !== undefined) return expandReferences(value, (reference) => before.get(reference));
    if (fieldPath !== undefined) return this.field(fieldPath) ?? unknownValue(`env:${name} from ${fieldPath}`);
    const key = configMap ?? secret;
    if (!key) return unknownValue(`env:${name}`);
    const type = configMap ? 'configMap' : 'secret';
    const data = this.source({ type, name: key.name });
    if (data && Object.hasOwn(data, key.key)) return data[key.key]!;
    return unknownValue(`env:${name} from key ${key.key} of ${kindOf(type)} ${this.workload.namespace}/${key.name}`);
  }

  private field(path: string): string | undefined {
    const { namespace, labels, annotations, pod } = this.workload;
    const entry = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
    if (entry) return own(entry[1] === 'labels' ? labels : annotations, entry[2]!);
    if (path === 'metadata.namespace') return namespace;
    if (path === 'spec.serviceAccountName') return pod.serviceAccount;
    return own(FIELD_PLACEHOLDERS, path);
  }

  private source({ type, name }: { readonly type: 'configMap' | 'secret'; readonly name: string }): Labels | undefined {
    const { configMaps, secrets } = this.world.inventory;
    return (type === 'configMap' ? configMaps : secrets).get(`${this.workload.namespace}/${name}`)?.data;
  }
}

const SERVICE_VARIABLES: Labels = {
  KUBERNETES_SERVICE_HOST: API_SERVER_ADDRESS,
  KUBERNETES_SERVICE_PORT: String(API_SERVER_PORT),
  KUBERNETES_SERVICE_PORT_HTTPS: String(API_SERVER_PORT),
};

const FIELD_PLACEHOLDERS: Labels = {
  'status.podIP': POD_ADDRESS,
  'status.podIPs': POD_ADDRESS,
  'status.hostIP': NODE_ADDRESS,
  'status.hostIPs': NODE_ADDRESS,
  'spec.nodeName': NODE_NAME,
  'metadata.name': POD_NAME,
  'metadata.uid': POD_UID,
};

function own(values: Labels, key: string): string | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

function kindOf(type: 'configMap' | 'secret'): string {
  return type === 'configMap' ? 'ConfigMap' : 'Secret';
}

/** No process can be started with a longer variable (Linux `MAX_ARG_STRLEN`), so none is worth building. */
const MAX_LENGTH = 131_072;

/** References to unset variables stay as they are (Kubernetes `expansion.Expand`). */
function expandReferences(text: string, lookup: (name: string) => string | undefined): string {
  let length = text.length;
  return text.replace(/\$\$|\$\(([^()]+)\)/g, (reference, name: string | undefined) => {
    const value = name === undefined ? '$' : (lookup(name) ?? reference);
    length += value.length;
    return length > MAX_LENGTH ? reference : value;
  });
}
