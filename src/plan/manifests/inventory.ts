import type { Inventory } from '../inventory';
import type { Unread } from '../unread';
import type { PlanFacts } from '../world';
import { readConfigMap, readSecret, reportBinaryData } from './config';
import type { ManifestDocument } from './document';
import { namespacesOf, peerAuthenticationsOf, servicesOf } from './facts';
import { readDestinationRule, readIstioSidecar, readPeerAuthentication, readServiceEntry } from './istio';
import { readNetworkPolicy } from './network-policy';
import { Objects } from './objects';
import { readService } from './service';
import { readApiService, readConversionWebhook, readWebhookConfiguration } from './webhook';
import { readWorkload } from './workload';

/**
 * Manifests and facts in one shape. Manifests win, because they are what this cluster will read.
 *
 * @throws {InputError} for an object that the API server would refuse
 */
export function readInventory(documents: readonly ManifestDocument[], facts: PlanFacts, unread: Unread): Inventory {
  const objects = new Objects(documents, unread);
  const workloads = objects.read('workload', readWorkload);
  const configMaps = objects.read('config-map', readConfigMap);
  reportBinaryData(configMaps, workloads, unread);
  return {
    workloads,
    services: servicesOf(objects.read('service', readService), facts.services),
    namespaces: namespacesOf(
      objects.read('namespace', ({ name, root }) => ({ name, labels: root.at('metadata', 'labels').textMap() })),
      facts.namespaces,
    ),
    networkPolicies: objects.read('network-policy', readNetworkPolicy),
    peerAuthentications: peerAuthenticationsOf(
      objects.read('peer-authentication', readPeerAuthentication),
      facts,
      unread,
    ),
    destinationRules: objects.read('destination-rule', readDestinationRule),
    serviceEntries: objects.read('service-entry', readServiceEntry),
    istioSidecars: objects.read('istio-sidecar', readIstioSidecar),
    webhooks: [
      ...objects.read('webhook-configuration', readWebhookConfiguration),
      ...objects.read('custom-resource-definition', readConversionWebhook),
      ...objects.read('api-service', readApiService),
    ].flat(),
    configMaps: byName(configMaps),
    secrets: byName(objects.read('secret', readSecret)),
  };
}

function byName<T extends { readonly namespace: string; readonly name: string }>(
  objects: readonly T[],
): Map<string, T> {
  return new Map(objects.map((object) => [`${object.namespace}/${object.name}`, object]));
}
