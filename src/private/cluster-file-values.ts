/**
 * What a factory of the library refuses, told by its place in the file: `IstioMesh.sidecar: revision: got …` becomes
 * `cluster.yaml: mesh.revision: got …`.
 */
export function refusedInFile<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const { message } = error as Error;
    throw new Error(message.replace(/^IstioMesh\.sidecar: |^ClusterDns: serviceIp/, place));
  }
}
