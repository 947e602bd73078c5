/** Where certificates come from. */
export type TlsSource =
  | {
      readonly kind: 'secrets';
      readonly serverSecret: string;
      readonly probeSecret: string;
      readonly managerSecret: string | undefined;
      readonly clientSans: readonly string[];
    }
  | {
      readonly kind: 'cert-manager';
      readonly issuer: string;
      readonly issuerKind: string;
      readonly readerSans: readonly string[];
    };

/** Mutual TLS on :9090, resolved: Secrets by name, and who is let in. */
export interface PrometheusTlsModel {
  /** The name clients check in Prometheus' certificate. */
  readonly serverName: string;
  readonly serverSecret: string;
  readonly probeSecret: string;
  readonly clientSans: readonly string[];
}

/** A client of Prometheus that we render, and its certificate. */
export interface ClientCertificate {
  readonly secretName: string;
  readonly san: string;
}
