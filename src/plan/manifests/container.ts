import type { Container, ContainerPort, EnvSource, EnvVar, KeyRef, Mount } from '../inventory';
import type { ReportField } from '../unread';
import type { Value } from '../value';
import { readProbes } from './probe';
import { protocolOf, required, requiredPort } from './strict';

export function readContainer(container: Value, role: 'init' | 'main', report: ReportField): Container {
  const security = container.get('securityContext');
  const [runAsUser, runAsGroup] = [security.get('runAsUser').integer(), security.get('runAsGroup').integer()];
  reportHooks(container.get('lifecycle'), report);
  return {
    name: required(container.get('name')),
    field: container.field,
    init: role === 'init',
    restartable: role === 'init' && container.get('restartPolicy').text() === 'Always',
    image: container.get('image').text() ?? '',
    command: container.get('command').texts(),
    args: container.get('args').texts(),
    env: container.get('env').items().map(readVariable),
    envFrom: container.get('envFrom').items().flatMap(readEnvSource),
    ports: container.get('ports').items().map(readPort),
    mounts: container
      .get('volumeMounts')
      .items()
      .map((mount) => readMount(mount, report)),
    probes: readProbes(container),
    ...(runAsUser !== undefined && { runAsUser }),
    ...(runAsGroup !== undefined && { runAsGroup }),
  };
}

function readVariable(variable: Value): EnvVar {
  const name = required(variable.get('name'));
  const from = variable.get('valueFrom');
  if (!from.present) return { name, value: variable.get('value').text() ?? '' };
  const [configMap, secret] = [from.get('configMapKeyRef'), from.get('secretKeyRef')];
  const fieldPath = from.get('fieldRef').get('fieldPath').text();
  return {
    name,
    ...(fieldPath !== undefined && { fieldPath }),
    ...(configMap.present && { configMap: readKeyRef(configMap) }),
    ...(secret.present && { secret: readKeyRef(secret) }),
  };
}

function readKeyRef(ref: Value): KeyRef {
  return {
    name: required(ref.get('name')),
    key: required(ref.get('key')),
    optional: ref.get('optional').flag() ?? false,
  };
}

function readEnvSource(source: Value): EnvSource[] {
  const prefix = source.get('prefix').text() ?? '';
  return (['configMap', 'secret'] as const).flatMap((type) => {
    const ref = source.get(`${type}Ref`);
    return ref.present ? [{ type, name: required(ref.get('name')), prefix }] : [];
  });
}

function readPort(port: Value): ContainerPort {
  const name = port.get('name').text();
  return {
    ...(name !== undefined && { name }),
    port: requiredPort(port.get('containerPort')),
    protocol: protocolOf(port.get('protocol')),
  };
}

function readMount(mount: Value, report: ReportField): Mount {
  const subPath = mount.get('subPath').text();
  const expression = mount.get('subPathExpr');
  if (expression.present) report(expression.field, 'a path with variables: which files are mounted is not known');
  return {
    name: required(mount.get('name')),
    mountPath: required(mount.get('mountPath')),
    ...(subPath !== undefined && subPath !== '' && { subPath }),
    readOnly: mount.get('readOnly').flag() ?? false,
  };
}

/** The kubelet calls such a hook once, as it calls a probe. */
function reportHooks(lifecycle: Value, report: ReportField): void {
  for (const hook of ['postStart', 'preStop']) {
    for (const action of ['httpGet', 'tcpSocket']) {
      const call = lifecycle.at(hook, action);
      if (call.present) report(call.field, 'a call of the kubelet when the container starts or stops is not planned');
    }
  }
}
