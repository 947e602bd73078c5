import type { Connection } from '../../connection';
import { connectToApiServer, connectToUrl, distinct, type FlowReader, reportMissing } from '../connect';
import { encryptedBy } from '../tls';
import type { Component, ComponentReader } from './components';

/** They add headers, keep files, listen, or observe the machine that they run on. */
const INTERNAL: readonly string[] = [
  ...['headerssetter', 'basicauth', 'bearertokenauth', 'apikeyauth', 'memorylimiter', 'memoryballast', 'filestorage'],
  ...['cgroupruntime', 'healthcheck', 'healthcheckv2', 'pprof', 'zpages', 'remotetap', 'hostobserver', 'ack'],
  ...['otlpencoding', 'jsonlogencoding', 'textencoding', 'zipkinencoding', 'jaegerencoding', 'avrologencoding'],
];

/** How to read each extension; an extension that is not here is read by its endpoint alone. */
export const EXTENSIONS: ReadonlyMap<string, ComponentReader> = new Map<string, ComponentReader>([
  ...INTERNAL.map((type) => [type, () => []] as const),
  ['oauth2client', oauth2Client],
  ['oidc', oidc],
  ['opamp', opamp],
  ['k8sleaderelector', (_, component) => [connectToApiServer(component, 'it renews its lease')]],
  ['k8sobserver', (_, component) => [connectToApiServer(component)]],
]);

function oauth2Client(reader: FlowReader, component: Component): Connection[] {
  const { settings } = component;
  const url = settings.get('token_url');
  reportMissing(reader, component, url);
  return connectToUrl(reader, component, url, { purpose: 'token', tls: encryptedBy(component, settings.get('tls')) });
}

/** Keys for checking tokens come from the issuer. */
function oidc(reader: FlowReader, component: Component): Connection[] {
  const { settings } = component;
  const issuers = [settings, ...settings.get('providers').items()].map((provider) => provider.get('issuer_url'));
  return distinct(
    issuers.flatMap((issuer) => connectToUrl(reader, component, issuer, { purpose: 'token', tls: 'app' })),
  );
}

/** Over WebSocket or plain HTTP, whichever is set. */
function opamp(reader: FlowReader, component: Component): Connection[] {
  const server = component.settings.get('server');
  return ['ws', 'http'].flatMap((transport) => {
    const client = server.get(transport);
    const tls = encryptedBy(component, client.get('tls'));
    return connectToUrl(reader, component, client.get('endpoint'), { purpose: 'query', tls });
  });
}
