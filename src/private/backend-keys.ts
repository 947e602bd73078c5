import { BackendAuth } from '../backend-auth';
import {
  type BackendTls,
  Compression,
  type OtlpBackendProps,
  type PipelineBackendProps,
  Temporality,
} from '../backend-props';
import { InputKind } from '../metric-input-props';
import { PersistentQueue } from '../persistent-queue';
import { checkSecretRef } from '../secret-ref';
import { placementKind } from './destination-checks';
import { type Protocol, urlKind } from './endpoint';
import { hiding, instanceOf, isObject, type Keys, listOf, mapOf, memberOf, number, objectOf, text } from './given';

const TLS: Keys<BackendTls> = {
  ca: checkSecretRef,
  clientCertificate: checkSecretRef,
  clientKey: checkSecretRef,
  serverName: text,
};

const COMMON: Omit<Keys<PipelineBackendProps>, 'url'> = {
  placement: placementKind,
  name: text,
  headers: hiding(mapOf(checkSecretRef), isObject),
  auth: hiding(
    instanceOf(
      BackendAuth,
      ['BackendAuth.basic(username, password)', 'BackendAuth.bearer(token)', 'BackendAuth.oauth2({...})'],
      'put the credential into a Secret and refer to it',
    ),
    (got) => got instanceof BackendAuth || typeof got === 'function',
  ),
  tls: objectOf(TLS),
  inputs: listOf(memberOf('InputKind', InputKind)),
  namespaces: listOf(text),
  excludeNamespaces: listOf(text),
  transforms: listOf(text),
  filters: listOf(text),
};

/** The keys of every protocol; those that remote write does not have are refused with the reason. */
export function backendKeys(protocol: Protocol): Keys<OtlpBackendProps> {
  return {
    url: urlKind(protocol),
    ...COMMON,
    compression: memberOf('Compression', Compression),
    temporality: memberOf('Temporality', Temporality),
    queueSize: number,
    persistentQueue: instanceOf(
      PersistentQueue,
      ['PersistentQueue.emptyDir(size)', 'PersistentQueue.hostPath(path)'],
      'say where the queue is written',
    ),
  };
}
