import { isIstioCertificate } from '../../../src/plan/flows/istio-certificate';
import { worldOf } from '../support/world';
import { deployment, yamlOf } from './flows-of';

const volumeMounts = [
  { name: 'certs', mountPath: '/etc/prom-certs/' },
  { name: 'nested', mountPath: '/etc/prom-certs/nested' },
];

function isIstios(file: string, userVolumeMount?: string, certs: object = { emptyDir: {} }): boolean {
  const manifest = deployment('agent', {
    container: { volumeMounts },
    metadata: {
      annotations: userVolumeMount === undefined ? {} : { 'sidecar.istio.io/userVolumeMount': userVolumeMount },
    },
    spec: {
      volumes: [
        { name: 'certs', ...certs },
        { name: 'nested', secret: { secretName: 's' } },
      ],
    },
  });
  const { workloads } = worldOf(yamlOf([manifest])).inventory;
  return isIstioCertificate(workloads[0]!, workloads[0]!.pod.containers[0]!, file);
}

const MOUNTED = '[{"name": "certs", "mountPath": "/etc/istio-output-certs"}]';

test.each([
  ['a list', MOUNTED],
  ['a mapping', '{"certs": {"mountPath": "/x"}}'],
])('a file in a volume that the sidecar mounts is its certificate: %s', (_, annotation) => {
  expect(isIstios('/etc/prom-certs/any.pem', annotation)).toBe(true);
});

test("Istio's own file name in an emptyDir is, whatever the annotation says", () => {
  expect(isIstios('/etc/prom-certs/cert-chain.pem')).toBe(true);
  expect(isIstios('/etc/prom-certs/cert-chain.pem', 'no: [yaml')).toBe(true);
});

test.each([
  ['another file name that the sidecar does not mount', '/etc/prom-certs/tls.crt', undefined, undefined],
  ['a volume from a Secret', '/etc/prom-certs/cert-chain.pem', MOUNTED, { secret: { secretName: 's' } }],
  ['a file of another mount below', '/etc/prom-certs/nested/cert-chain.pem', MOUNTED, undefined],
  ['a folder that only starts alike', '/etc/prom-certs-2/cert-chain.pem', MOUNTED, undefined],
  ['a file of the image', '/cert-chain.pem', MOUNTED, undefined],
])('%s is not', (_, file, annotation, certs) => {
  expect(isIstios(file, annotation, certs)).toBe(false);
});
