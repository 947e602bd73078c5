import { MtlsMode, OutboundTrafficPolicy, type PortMtls, type SidecarMeshProps } from './istio-mesh-props';
import { checkDnsLabel, checkPodLabels, checkPort } from './private/checks';
import { invalid } from './private/errors';
import type { MeshFacts, PortMtlsFacts } from './private/cluster-facts';
import {
  flag,
  givenProps,
  type Keys,
  listOf,
  mapOf,
  memberOf,
  number,
  objectOf,
  required,
  text,
} from './private/given';
import { DEFAULT_ISTIOD_NAMESPACE } from './private/istio-names';
import { checkUnique } from './private/unique';
import { checkMinorVersion, isAtLeast } from './private/versions';

const MTLS_MODE = memberOf('MtlsMode', MtlsMode);

const PORT_MTLS: Keys<PortMtls> = {
  namespace: required(text),
  podLabels: required(mapOf(text)),
  port: required(number),
  mode: required(MTLS_MODE),
};

const SIDECAR: Keys<SidecarMeshProps> = {
  mtls: MTLS_MODE,
  namespaceMtls: mapOf(MTLS_MODE),
  portMtls: listOf(objectOf(PORT_MTLS)),
  outboundTrafficPolicy: memberOf('OutboundTrafficPolicy', OutboundTrafficPolicy),
  istiodNamespace: text,
  revision: text,
  istioVersion: text,
  nativeSidecars: flag,
  dualStack: flag,
  istioCni: flag,
};

/** Whether and how the cluster has an Istio mesh. */
export class IstioMesh {
  /** No mesh: no pod is injected and no Istio object is rendered. */
  public static none(): IstioMesh {
    return new IstioMesh({ mode: 'none' });
  }

  /**
   * Sidecar mode.
   *
   * @param props facts about the mesh
   */
  public static sidecar(props: SidecarMeshProps = {}): IstioMesh {
    const where = 'IstioMesh.sidecar';
    const given = givenProps(where, SIDECAR, props);
    const { mtls = MtlsMode.PERMISSIVE, outboundTrafficPolicy = OutboundTrafficPolicy.ALLOW_ANY } = given;
    const namespaceMtls = { ...props.namespaceMtls };
    for (const namespace of Object.keys(namespaceMtls)) checkDnsLabel(where, 'namespaceMtls', namespace);
    const portMtls = (props.portMtls ?? []).map((entry, i) => checkPortMtls(where, `portMtls[${i}]`, entry));
    checkUnique(where, 'portMtls', portMtls, ({ namespace, podLabels, port }) => {
      return `port ${port} of ${namespace} ${JSON.stringify(podLabels)}`;
    });
    return new IstioMesh({
      mode: 'sidecar',
      mtls,
      namespaceMtls,
      portMtls,
      registryOnly: outboundTrafficPolicy === OutboundTrafficPolicy.REGISTRY_ONLY,
      istiodNamespace: checkDnsLabel(where, 'istiodNamespace', props.istiodNamespace ?? DEFAULT_ISTIOD_NAMESPACE),
      ...(props.revision !== undefined && { revision: checkDnsLabel(where, 'revision', props.revision) }),
      ...(props.istioVersion !== undefined && { istioVersion: checkIstioVersion(where, props) }),
      nativeSidecars: props.nativeSidecars ?? false,
      dualStack: props.dualStack ?? false,
      istioCni: props.istioCni ?? false,
    });
  }

  /** Ambient mode: ztunnel encrypts; no sidecar, no certificates, no traffic annotation has an effect. */
  public static ambient(): IstioMesh {
    return new IstioMesh({ mode: 'ambient' });
  }

  /** @internal */
  public readonly _facts: MeshFacts;

  private constructor(facts: MeshFacts) {
    this._facts = facts;
  }
}

/** The annotation `sidecar.istio.io/nativeSidecar` came with Istio 1.24. */
function checkIstioVersion(where: string, { istioVersion = '', nativeSidecars }: SidecarMeshProps): string {
  const version = checkMinorVersion(where, 'istioVersion', istioVersion);
  if (nativeSidecars === true && !isAtLeast(version, '1.24')) {
    throw invalid(where, {
      input: 'istioVersion',
      got: istioVersion,
      allowed: '1.24 or later with nativeSidecars',
      fix: 'leave nativeSidecars out',
    });
  }
  return version;
}

function checkPortMtls(where: string, input: string, entry: PortMtls): PortMtlsFacts {
  return {
    namespace: checkDnsLabel(where, `${input}.namespace`, entry.namespace),
    podLabels: checkPodLabels(where, `${input}.podLabels`, entry.podLabels),
    port: checkPort(where, `${input}.port`, entry.port),
    mode: entry.mode,
  };
}
