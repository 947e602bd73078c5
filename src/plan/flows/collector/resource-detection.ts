import type { Connection } from '../../connection';
import { HTTP } from '../address';
import { connectTo, connectToApiServer, type FlowReader } from '../connect';
import type { Component } from './components';

/** Link-local address under which the clouds tell a machine about itself. */
const METADATA_ADDRESS = '169.254.169.254';
/** The same for tasks of Amazon ECS. */
const TASK_METADATA_ADDRESS = '169.254.170.2';

interface Asked {
  readonly metadata?: string;
  readonly apiServer?: true;
}

const METADATA: Asked = { metadata: METADATA_ADDRESS };

/** Whom each detector of the processor asks. */
const DETECTORS: ReadonlyMap<string, Asked> = new Map<string, Asked>([
  ...['env', 'system', 'docker', 'heroku', 'lambda', 'elastic_beanstalk', 'dynatrace'].map(
    (name) => [name, {}] as const,
  ),
  ...[
    'ec2',
    'gcp',
    'gce',
    'gke',
    'azure',
    'aks',
    'akamai',
    'scaleway',
    'upcloud',
    'vultr',
    'hetzner',
    'digitalocean',
  ].map((name) => [name, METADATA] as const),
  ...['oraclecloud', 'openstack', 'openstacknova', 'alibaba_ecs', 'tencent_cvm'].map(
    (name) => [name, METADATA] as const,
  ),
  ['ecs', { metadata: TASK_METADATA_ADDRESS }],
  ['eks', { metadata: METADATA_ADDRESS, apiServer: true }],
  ...['k8snode', 'k8s_api', 'kubeadm', 'openshift'].map((name) => [name, { apiServer: true }] as const),
]);

export function resourceDetectionConnections(reader: FlowReader, component: Component): Connection[] {
  const { settings, program } = component;
  const detectors = settings.get('detectors').items();
  const asked = detectors.flatMap((detector) => {
    const name = detector.text() ?? '';
    const known = DETECTORS.get(name);
    if (!known) reader.unread.report(program.object, detector.field, `whom the detector ${name} asks is not analysed`);
    return known ?? [];
  });
  const addresses = [...new Set(asked.flatMap(({ metadata }) => metadata ?? []))];
  return [
    ...addresses.map((host) =>
      connectTo(component, { kind: 'external', host }, HTTP.port, settings.get('detectors').field, {
        purpose: 'discover',
        tls: 'none',
        application: 'http',
        note: 'metadata service of the cloud',
      }),
    ),
    ...(asked.some(({ apiServer }) => apiServer) ? [connectToApiServer(component)] : []),
  ];
}
