import {
  type Broken,
  agent,
  container,
  editConfig,
  editProxyConfig,
  intercepted,
  type Mutation,
  podSpec,
  scrapeJobs,
  set,
  text,
  tree,
  trees,
} from './edit';
import type { Tree } from '../support/stacks';

const MOUNT = 'sidecar.istio.io/userVolumeMount';
const VOLUME = 'istio-certs';

export const CERTIFICATES: readonly Mutation[] = [
  mutation('the volume is missing', 'CT202', (broken) => {
    const volumes = trees(podSpec(agent(broken)), 'volumes');
    return remove(volumes, ({ name }) => name === VOLUME);
  }),
  mutation('the volume lies on disk', 'CT206', (broken) => set(tree(volume(broken), 'emptyDir'), 'medium', undefined)),
  mutation(
    'the volume is a Secret',
    'CT203',
    (broken) => set(volume(broken), 'emptyDir', undefined) && set(volume(broken), 'secret', { secretName: 'certs' }),
  ),
  mutation('the sidecar mounts it elsewhere', 'CT201', (broken) => {
    const all = intercepted(broken);
    return text(all, MOUNT) !== '' && set(all, MOUNT, `[{"name":"${VOLUME}","mountPath":"/elsewhere"}]`);
  }),
  mutation('the mount of the sidecar has no name', 'CT216', (broken) => {
    const all = intercepted(broken);
    return text(all, MOUNT) !== '' && set(all, MOUNT, '[{"mountPath":"/etc/istio-output-certs"}]');
  }),
  mutation('OUTPUT_CERTS is another path', 'CT201', (broken) => output(broken, '/other')),
  mutation('OUTPUT_CERTS is missing', 'CT211', (broken) => output(broken, undefined)),
  mutation('the collector mounts it elsewhere', 'CT204', (broken) => set(mount(broken), 'mountPath', '/elsewhere')),
  mutation('the collector does not mount it', 'CT204', (broken) =>
    remove(trees(container(agent(broken)), 'volumeMounts'), ({ name }) => name === VOLUME),
  ),
  mutation('the collector may write', 'CT205', (broken) => set(mount(broken), 'readOnly', undefined)),
  mutation('tls_config reads elsewhere', 'CT204', (broken) =>
    editConfig(broken, (config) => {
      const using = usingCertificates(config);
      for (const { tls_config } of using)
        set(tls_config as Tree, 'cert_file', '/etc/istio-output-certs/cert-chain.pem');
      return using.length > 0;
    }),
  ),
  mutation('no scrape uses them', 'CT210', (broken) =>
    editConfig(broken, (config) => {
      const using = usingCertificates(config);
      for (const job of using) set(job, 'tls_config', undefined);
      return using.length > 0;
    }),
  ),
  mutation(
    'nobody waits for them',
    'CT207',
    (broken) =>
      mount(broken) !== undefined &&
      editProxyConfig(broken, (config) => set(config, 'holdApplicationUntilProxyStarts', undefined)),
  ),
];

function mutation(name: string, expects: Mutation['expects'], apply: Mutation['apply']): Mutation {
  return { name, place: 'certificates', expects, apply };
}

function volume(broken: Broken): Tree | undefined {
  return trees(podSpec(agent(broken)), 'volumes').find(({ name }) => name === VOLUME);
}

function mount(broken: Broken): Tree | undefined {
  return trees(container(agent(broken)), 'volumeMounts').find(({ name }) => name === VOLUME);
}

function output(broken: Broken, path: string | undefined): boolean {
  return (
    mount(broken) !== undefined &&
    editProxyConfig(broken, (config) => set(tree(config, 'proxyMetadata'), 'OUTPUT_CERTS', path))
  );
}

function usingCertificates(config: Tree): Tree[] {
  return scrapeJobs(config).filter((job) => text(job, 'tls_config', 'cert_file').endsWith('/cert-chain.pem'));
}

export function remove(items: Tree[], matches: (item: Tree) => boolean): boolean {
  const at = items.findIndex(matches);
  if (at < 0) return false;
  items.splice(at, 1);
  return true;
}
