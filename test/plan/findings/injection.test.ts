import { agent, type AgentSettings, findings, namespace, prometheus, sidecarMesh } from './a-stack';

const INJECT = 'sidecar.istio.io/inject';
const REV = 'istio.io/rev';
const PROXY = 'proxy.istio.io/config';
const NO_LABEL = { [INJECT]: undefined };
const INJECTION = /^CT30[1-8]|^CT321|^CT118/;

/** The agent in a namespace with labels that are known. */
function inNamespace(labels: Record<string, string>, settings: AgentSettings = {}) {
  return [namespace('obs', labels), ...agent(settings)];
}

test('a pod with the label has no finding', () => {
  expect(findings(inNamespace({}), INJECTION)).toEqual([]);
});

test.each(['yes', 'True', ''])('the value "%s" of the label means nothing', (value) => {
  expect(findings(agent({ labels: { [INJECT]: value } }), 'CT301')).toMatchObject([
    { severity: 'error', field: `spec.template.metadata.labels[${INJECT}]` },
  ]);
});

test('the label belongs to the pod template', () => {
  const found = findings(inNamespace({}, { labels: NO_LABEL, ownLabels: { [INJECT]: 'true' } }), INJECTION);
  expect(found.map(({ code }) => code)).toEqual(['CT302', 'CT304']);
  expect(found[0]).toMatchObject({ field: `metadata.labels[${INJECT}]` });
  expect(found[0]?.fix).toBe('Move it to spec.template.metadata.labels.');
});

test('so do annotations', () => {
  const annotation = 'traffic.sidecar.istio.io/excludeInboundPorts';
  expect(findings(agent({ ownAnnotations: { [annotation]: '8888' } }), 'CT302')).toMatchObject([
    { field: `metadata.annotations[${annotation}]` },
  ]);
  const both = { [annotation]: '8888' };
  expect(findings(agent({ ownAnnotations: both, annotations: both }), 'CT302')).toEqual([]);
});

test('the annotation alone does not call the webhook', () => {
  const settings = { labels: NO_LABEL, annotations: { [INJECT]: 'true' } };
  expect(findings(inNamespace({}, settings), INJECTION)).toMatchObject([{ code: 'CT303', severity: 'error' }]);
});

test('in an injected namespace the annotation is only deprecated', () => {
  const settings = { labels: NO_LABEL, annotations: { [INJECT]: 'true' } };
  expect(findings(inNamespace({ 'istio-injection': 'enabled' }, settings), INJECTION)).toMatchObject([
    { code: 'CT305', severity: 'info' },
  ]);
});

test('a port list without a sidecar is an error', () => {
  const [finding, ...others] = findings(inNamespace({}, { labels: NO_LABEL }), INJECTION);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ code: 'CT304', field: `spec.template.metadata.labels[${INJECT}]` });
  expect(finding?.message).toContain('includeOutboundPorts');
});

test('where nobody knows the labels of the namespace it is a warning with the condition', () => {
  const [finding, ...others] = findings(agent({ labels: NO_LABEL }), INJECTION);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ code: 'CT321', severity: 'warning' });
  expect(finding?.message).toContain('namespace obs');
});

test('an injected namespace is as good as the label', () => {
  expect(findings(inNamespace({ 'istio-injection': 'enabled' }, { labels: NO_LABEL }), INJECTION)).toEqual([]);
});

test('a namespace can switch injection off', () => {
  expect(findings(inNamespace({ 'istio-injection': 'disabled' }), INJECTION)).toMatchObject([
    { code: 'CT308', severity: 'error', object: 'Namespace/obs', field: 'metadata.labels.istio-injection' },
  ]);
});

test('Istio leaves kube-system alone', () => {
  expect(findings(agent({ namespace: 'kube-system' }), INJECTION)).toMatchObject([
    { code: 'CT307', severity: 'error', field: 'metadata.namespace' },
  ]);
});

test('a revision has to be named', () => {
  const facts = sidecarMesh({ revision: 'stable' });
  const [finding] = findings(inNamespace({}), INJECTION, facts);
  expect(finding).toMatchObject({ code: 'CT306', severity: 'warning' });
  expect(finding?.fix).toBe(`Set the label ${REV}: stable on the pod template.`);
  expect(findings(agent(), INJECTION, facts)).toMatchObject([{ code: 'CT306', severity: 'info' }]);
  expect(findings(inNamespace({ [REV]: 'stable' }), INJECTION, facts)).toEqual([]);
  expect(findings(inNamespace({}, { labels: { [REV]: 'stable' } }), INJECTION, facts)).toEqual([]);
});

describe('proxy.istio.io/config', () => {
  const withConfig = (text: string) => agent({ annotations: { [PROXY]: text } });

  test.each(['a list: [', '- a', 'proxyMetadata: {ISTIO_DUAL_STACK: true}'])('%s cannot be read', (text) => {
    expect(findings(withConfig(text), 'CT309')).toMatchObject([
      { severity: 'error', field: `spec.template.metadata.annotations[${PROXY}]` },
    ]);
  });

  test.each([
    ['holdApplicationUntilProxyStart', '"holdApplicationUntilProxyStarts"'],
    ['proxyMetaData', '"proxyMetadata"'],
    ['nonsense', 'Remove "nonsense"'],
  ])('%s is no setting of Istio', (key, fix) => {
    const [finding] = findings(withConfig(`${key}: {}`), 'CT310');
    expect(finding).toMatchObject({ severity: 'error' });
    expect(finding?.fix).toContain(fix);
  });

  test('names in either style are known', () => {
    const text = 'hold_application_until_proxy_starts: true\nterminationDrainDuration: 20s\nconcurrency: 2';
    expect(findings(withConfig(text), /CT309|CT310/)).toEqual([]);
  });

  test('without Envoy nobody intercepts', () => {
    const text = 'proxyMetadata: {DISABLE_ENVOY: "true"}';
    expect(findings(withConfig(text), 'CT311')).toMatchObject([{ severity: 'warning' }]);
    const nothing = { [PROXY]: text, 'traffic.sidecar.istio.io/includeOutboundPorts': undefined };
    expect(findings(agent({ annotations: nothing }), 'CT311')).toEqual([]);
  });
});

describe('resources of the sidecar', () => {
  const four = {
    'sidecar.istio.io/proxyCPU': '50m',
    'sidecar.istio.io/proxyCPULimit': '1',
    'sidecar.istio.io/proxyMemory': '64Mi',
    'sidecar.istio.io/proxyMemoryLimit': '1e8',
  };

  test('are four or none', () => {
    expect(findings(agent({ annotations: four }), /CT31[23]/)).toEqual([]);
    const [finding] = findings(agent({ annotations: { ...four, 'sidecar.istio.io/proxyMemory': undefined } }), 'CT312');
    expect(finding?.message).toContain('without sidecar.istio.io/proxyMemory:');
  });

  test.each(['64 Mi', 'lots', ''])('"%s" is no quantity', (value) => {
    const annotations = { ...four, 'sidecar.istio.io/proxyMemory': value };
    expect(findings(agent({ annotations }), /CT31[23]/)).toMatchObject([{ code: 'CT313', severity: 'error' }]);
  });
});

describe('scrape annotations of the agent', () => {
  const scraped = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8888' };

  test('are rewritten unless merging is off', () => {
    expect(findings(agent({ annotations: scraped }), /CT31[45]/)).toMatchObject([
      { code: 'CT314', severity: 'warning' },
    ]);
    for (const value of ['false', 'False', '0']) {
      const annotations = { ...scraped, 'prometheus.istio.io/merge-metrics': value };
      expect(findings(agent({ annotations }), /CT31[45]/)).toEqual([]);
    }
  });

  test('must not name a port of the sidecar since Istio 1.31', () => {
    const annotations = { ...scraped, 'prometheus.io/port': '15020' };
    expect(findings(agent({ annotations }), 'CT315', sidecarMesh({ istioVersion: '1.31' }))).toMatchObject([
      { severity: 'error' },
    ]);
    expect(findings(agent({ annotations }), 'CT315', sidecarMesh({ istioVersion: '1.30' }))).toEqual([]);
    expect(findings(agent({ annotations }), 'CT315')).toEqual([]);
  });
});

describe('istio-cni', () => {
  const cni = sidecarMesh({ istioCni: true });
  const tolerating = (toleration: object) =>
    agent({ pod: { tolerations: [{ key: 'a', operator: 'Exists' }, toleration] } });

  test.each([
    { operator: 'Exists' },
    { operator: 'Exists', effect: 'NoSchedule' },
    { key: 'cni.istio.io/not-ready', operator: 'Exists' },
  ])('has not set up the node when a pod tolerates %j', (toleration) => {
    expect(findings(tolerating(toleration), 'CT316', cni)).toMatchObject([
      { severity: 'warning', field: 'spec.template.spec.tolerations[1]' },
    ]);
    expect(findings(tolerating(toleration), 'CT316')).toEqual([]);
  });

  test('is waited for otherwise', () => {
    expect(findings(tolerating({ operator: 'Exists', effect: 'NoExecute' }), 'CT316', cni)).toEqual([]);
  });
});

describe('Pod Security', () => {
  const enforcing = (level: string) => inNamespace({ 'pod-security.kubernetes.io/enforce': level });
  const undeclared = { ...sidecarMesh(), mesh: undefined };

  test.each(['restricted', 'baseline'])('%s refuses istio-init', (level) => {
    expect(findings(enforcing(level), /CT31[78]|CT320/)).toMatchObject([
      { code: 'CT317', severity: 'error', object: 'Namespace/obs' },
    ]);
    expect(findings(enforcing(level), /CT31[78]|CT320/, sidecarMesh({ istioCni: true }))).toEqual([]);
  });

  test('it is a condition while nobody says how the mesh intercepts', () => {
    expect(findings(enforcing('restricted'), /CT31[78]|CT320/, undeclared as never)).toMatchObject([
      { code: 'CT320', severity: 'warning' },
    ]);
  });

  test('privileged is noted', () => {
    expect(findings(enforcing('privileged'), /CT31[78]|CT320/)).toMatchObject([{ code: 'CT318', severity: 'info' }]);
  });

  test('namespaces without a sidecar are free', () => {
    const manifests = [namespace('obs', { 'pod-security.kubernetes.io/enforce': 'restricted' }), ...prometheus()];
    expect(findings(manifests, /CT31[78]|CT320/)).toEqual([]);
  });
});
