import { IstioMesh } from '../istio-mesh';
import { MtlsMode, OutboundTrafficPolicy, type PortMtls } from '../istio-mesh-props';
import type { MappingReader } from './cluster-file-reader';
import { refusedInFile } from './cluster-file-values';

const MODES = { none: 'none', sidecar: 'sidecar', ambient: 'ambient' } as const;

/** The mapping `mesh`: its mode, and in sidecar mode the keys of `SidecarMeshProps`. */
export function readMesh(mesh: MappingReader): IstioMesh {
  const mode = mesh.required('mode', mesh.member('mode', MODES));
  if (mode === 'sidecar') return readSidecarMesh(mesh);
  mesh.nothingElse(`only mode: ${WHY_NOTHING_ELSE[mode]}`, 'remove the key, or write mode: sidecar');
  return mode === 'none' ? IstioMesh.none() : IstioMesh.ambient();
}

const WHY_NOTHING_ELSE = {
  none: 'there is no mesh to describe',
  ambient: 'in ambient mode ztunnel encrypts, so there are no sidecars, and no scrape that depends on a mode',
};

const PORT_MTLS = '{ namespace: shop, podLabels: { app: cart }, port: 9102, mode: DISABLE }';

function readSidecarMesh(mesh: MappingReader): IstioMesh {
  const props = mesh.whole({
    mtls: mesh.member('mtls', MtlsMode),
    namespaceMtls: mesh.child('namespaceMtls', '{ shop: PERMISSIVE }')?.members(MtlsMode),
    portMtls: mesh.list('portMtls', PORT_MTLS)?.map(readPortMtls),
    outboundTrafficPolicy: mesh.member('outboundTrafficPolicy', OutboundTrafficPolicy),
    istiodNamespace: mesh.text('istiodNamespace'),
    revision: mesh.text('revision'),
    istioVersion: mesh.text('istioVersion'),
    nativeSidecars: mesh.flag('nativeSidecars'),
    dualStack: mesh.flag('dualStack'),
    istioCni: mesh.flag('istioCni'),
  });
  return refusedInFile(`${mesh.path}: mesh.`, () => IstioMesh.sidecar(props));
}

function readPortMtls(entry: MappingReader): PortMtls {
  return entry.whole({
    namespace: entry.required('namespace', entry.text('namespace')),
    podLabels: entry.required('podLabels', entry.child('podLabels', '{ app: cart }')?.allTexts()),
    port: entry.required('port', entry.number('port')),
    mode: entry.required('mode', entry.member('mode', MtlsMode)),
  });
}
