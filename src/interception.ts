/**
 * Which connections of the agent its sidecar takes over. Kubelet, API server and scrapes are left out by their addresses, as far
 * as `Cluster` knows them; UDP is never taken over.
 */
export enum Interception {
  /**
   * Every backend port, in the mesh or not: ADR 26 to the letter.
   *
   * `includeOutboundPorts` matches a port at any address, so pods, nodes and the API server are excluded by their
   * addresses as far as `Cluster` knows them.
   */
  EVERY_BACKEND = 'every-backend',

  /** Only ports of backends in the mesh; a backend outside is dialled directly and does its own TLS. */
  MESH_BACKENDS = 'mesh-backends',

  /**
   * Everything addressed to a Service (`Cluster.serviceCidrs`), and no port list: no port can collide with a scrape. DNS
   * over TCP to a Service address goes through the sidecar too, which passes it on. Backends outside the cluster are
   * dialled directly. Fails for headless backends.
   */
  SERVICE_CIDRS = 'service-cidrs',
}
