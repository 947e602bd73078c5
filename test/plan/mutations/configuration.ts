import { MtlsMode } from '../../../src';
import {
  type Broken,
  agent,
  container,
  editConfig,
  editFile,
  get,
  type Mutation,
  ofPart,
  scrapeJobs,
  set,
  text,
  tree,
  trees,
} from './edit';
import type { Tree } from '../support/stacks';

export const CONFIGURATION: readonly Mutation[] = [
  mutation('a port that the backend does not have', 'CT502', (broken) =>
    changeEndpoint(broken, (endpoint) => isDescribed(broken, endpoint) && endpoint.replace(/:\d+/, ':4444')),
  ),
  mutation('TLS to a backend in the mesh', 'CT212', (broken) =>
    editConfig(broken, (config) =>
      exporters(config).some((exporter) => {
        const endpoint = text(exporter, 'endpoint');
        if (!isDescribed(broken, endpoint)) return false;
        set(exporter, 'tls', undefined);
        return set(exporter, 'endpoint', `https://${endpoint.replace(/^http:\/\//, '')}`);
      }),
    ),
  ),
  mutation('plaintext to the outside', 'CT213', (broken) =>
    changeEndpoint(
      broken,
      (endpoint) => endpoint.startsWith('https://otlp.vendor.example') && endpoint.replace('https', 'http'),
    ),
  ),
  mutation('an exporter in no pipeline', 'CT604', (broken) =>
    editConfig(broken, (config) => set(tree(config, 'exporters'), 'debug', {})),
  ),
  mutation('an old name', 'CT605', (broken) =>
    editConfig(broken, (config) => set(tree(config, 'exporters'), 'otlphttp/old', { endpoint: 'https://x.example' })),
  ),
  mutation('an authenticator that is not started', 'CT602', (broken) =>
    withAuthenticator(broken, (config, id) => {
      const started = get(config, 'service', 'extensions') as string[];
      return set(
        tree(config, 'service'),
        'extensions',
        started.filter((other) => other !== id),
      );
    }),
  ),
  mutation('an authenticator that is not configured', 'CT601', (broken) =>
    withAuthenticator(broken, (config, id) => set(tree(config, 'extensions'), id, undefined)),
  ),
  mutation('a storage that is not configured', 'CT601', (broken) =>
    editConfig(broken, (config) =>
      set(
        tree(
          exporters(config).find((exporter) => get(exporter, 'sending_queue', 'storage') !== undefined),
          'sending_queue',
        ),
        'storage',
        'file_storage/other',
      ),
    ),
  ),
  mutation('an extension that is not started', 'CT603', (broken) =>
    editConfig(broken, (config) => set(tree(config, 'extensions'), 'pprof', {})),
  ),
  mutation('the kubelet is not verified', 'CT214', (broken) =>
    editConfig(broken, (config) =>
      set(
        Object.entries(tree(config, 'receivers') ?? {}).find(([id]) => id.startsWith('kubelet_stats'))?.[1] as
          Tree | undefined,
        'insecure_skip_verify',
        true,
      ),
    ),
  ),
  mutation('a credential in the ConfigMap', 'CT608', (broken) =>
    editConfig(broken, (config) => set(exporters(config).at(0), 'headers', { 'api-key': 's3cret' })),
  ),
  mutation(
    'a credential in the pod',
    'CT609',
    (broken) => trees(container(agent(broken)), 'env').push({ name: 'VENDOR_TOKEN', value: 's3cret' }) > 0,
  ),
  mutation(
    'https for every injected pod, although some are PERMISSIVE',
    'CT208',
    (broken) => hasPermissiveNamespace(broken) && editSchemeRules(broken, (rule) => set(rule, 'regex', 'istio;.*')),
  ),
  mutation('http for STRICT pods', 'CT209', (broken) =>
    editSchemeRules(broken, (rule) => set(rule, 'replacement', 'http')),
  ),
  mutation('an alert on a metric that nobody keeps', 'CT606', (broken) =>
    editAlert(broken, 'otelcol_no_such_metric > 0'),
  ),
  mutation('an alert on a job that nobody scrapes', 'CT607', (broken) => editAlert(broken, 'up{job="agents"} == 0')),
];

function mutation(name: string, expects: Mutation['expects'], apply: Mutation['apply']): Mutation {
  return { name, place: 'configuration', expects, apply };
}

function exporters(config: Tree): Tree[] {
  return Object.values(tree(config, 'exporters') ?? {}) as Tree[];
}

function changeEndpoint(broken: Broken, change: (endpoint: string) => string | false): boolean {
  return editConfig(broken, (config) =>
    exporters(config).some((exporter) => {
      const changed = change(text(exporter, 'endpoint'));
      return changed !== false && set(exporter, 'endpoint', changed);
    }),
  );
}

/** A backend of which somebody declared that it has a sidecar. */
function isDescribed({ facts }: Broken, endpoint: string): boolean {
  return facts.services.some(
    ({ name, namespace, dataPlane }) => dataPlane === 'sidecar' && endpoint.includes(`${name}.${namespace}:`),
  );
}

function withAuthenticator(broken: Broken, edit: (config: Tree, id: string) => boolean): boolean {
  return editConfig(broken, (config) => {
    const id = exporters(config)
      .map((exporter) => text(exporter, 'auth', 'authenticator'))
      .find((name) => name !== '');
    return id !== undefined && edit(config, id);
  });
}

function hasPermissiveNamespace({ facts: { mesh } }: Broken): boolean {
  if (mesh?.mode !== 'sidecar') return false;
  return [mesh.mtls, ...Object.values(mesh.namespaceMtls)].includes(MtlsMode.PERMISSIVE);
}

/** The rules that give STRICT pods their scheme. */
function editSchemeRules(broken: Broken, edit: (rule: Tree) => boolean): boolean {
  return editConfig(broken, (config) => {
    const rules = scrapeJobs(config)
      .filter((job) => hasOneMode(broken, job))
      .flatMap((job) => trees(job, 'relabel_configs'));
    const ofStrictPods = rules.filter(
      (rule) =>
        rule.target_label === '__scheme__' && rule.replacement === 'https' && text(rule, 'regex').startsWith('istio'),
    );
    return ofStrictPods.map(edit).some((changed) => changed);
  });
}

function editAlert(broken: Broken, expr: string): boolean {
  const configMap = ofPart(broken, 'ConfigMap', 'prometheus');
  return editFile(configMap, 'alerts.yml', (file) => set(trees(file, 'groups', 0, 'rules')[1], 'expr', expr));
}

/** Of pods of any namespace some are STRICT and some are not: then the plan claims nothing. */
function hasOneMode({ facts: { mesh } }: Broken, job: Tree): boolean {
  const names = trees(job, 'kubernetes_sd_configs').some((discovery) => tree(discovery, 'namespaces') !== undefined);
  const exceptions = mesh?.mode === 'sidecar' ? [...Object.keys(mesh.namespaceMtls), ...mesh.portMtls] : [];
  return names || exceptions.length === 0;
}
