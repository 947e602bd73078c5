import { BackendPlacement } from '../backend-placement';
import type { Destination } from './destination';
import { parseEndpoint, type UrlKind } from './endpoint';
import { instanceOf, required } from './given';

export const placementKind = required(
  instanceOf(
    BackendPlacement,
    ['BackendPlacement.inMesh()', 'BackendPlacement.inCluster()', 'BackendPlacement.external()'],
    'say where the server runs; it is never assumed',
  ),
);

/** A URL and where its server runs, checked together. */
export function resolveDestination(
  where: string,
  input: string,
  kind: UrlKind,
  { url, placement }: { readonly url: string; readonly placement: BackendPlacement },
): Destination {
  const endpoint = parseEndpoint(where, kind, url, input);
  const resolved = placement._resolve(where, endpoint, input);
  // OTLP gRPC without a scheme means TLS, except in the mesh, where the sidecar encrypts.
  const tls = endpoint.scheme === undefined ? resolved.kind !== 'inMesh' : endpoint.scheme === 'https';
  return { endpoint, tls, placement: resolved };
}
