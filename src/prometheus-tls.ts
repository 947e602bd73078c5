import { checkDnsNames, isDnsName } from './private/checks';
import { invalid } from './private/errors';
import { givenProps, type Keys, listOf, required, text, textOf } from './private/given';
import type { TlsSource } from './private/prometheus/tls-model';

/** Certificates that already exist as Secrets, each with the keys `tls.crt`, `tls.key` and `ca.crt`. */
export interface PrometheusTlsSecrets {
  /** Name of the Secret with Prometheus' own certificate, valid for `<instance>-prometheus.<namespace>.svc`. */
  readonly serverSecret: string;

  /** Name of the Secret with the client certificate of probes and self-scrape. */
  readonly probeSecret: string;

  /**
   * Name of the Secret with the manager's client certificate, in the manager's namespace.
   *
   * @default - none; an error once there is a manager
   */
  readonly managerSecret?: string;

  /** DNS names (SANs) of the client certificates that are let in: those of probes, manager and your readers. */
  readonly clientSans: string[];
}

/** Certificates that cert-manager is asked for. */
export interface PrometheusTlsCertManager {
  /** Name of the issuer; it must put its CA into `ca.crt`, as CA and Vault issuers do. */
  readonly issuer: string;

  /**
   * Kind of the issuer.
   *
   * @default Issuer
   */
  readonly issuerKind?: string;

  /**
   * DNS names (SANs) of the client certificates of your own readers.
   *
   * @default - none: only the manager and our own probes are let in
   */
  readonly readerSans?: string[];
}

const SECRET = textOf('the name of a Secret (a DNS name)', 'name the Secret');

const SECRETS: Keys<PrometheusTlsSecrets> = {
  serverSecret: required(SECRET),
  probeSecret: required(SECRET),
  managerSecret: SECRET,
  clientSans: required(listOf(text)),
};

const CERT_MANAGER: Keys<PrometheusTlsCertManager> = {
  issuer: required(textOf('the name of an issuer of cert-manager', 'name the issuer')),
  issuerKind: text,
  readerSans: listOf(text),
};

/**
 * Mutual TLS on Prometheus' port 9090 without a mesh. It closes what ADR 4 accepted there: plaintext, and answers from
 * somebody who poses as Prometheus. The scrape of the agents stays plaintext behind NetworkPolicy, because the
 * collector's own metrics cannot be served with TLS.
 *
 * A renewed certificate is picked up without a restart: Prometheus reads the files at every handshake.
 */
export class PrometheusTls {
  /**
   * With Secrets you bring.
   *
   * @param props names of the Secrets, and who is let in
   */
  public static fromSecrets(props: PrometheusTlsSecrets): PrometheusTls {
    const where = 'PrometheusTls.fromSecrets';
    const { serverSecret, probeSecret, managerSecret, clientSans } = givenProps(where, SECRETS, props);
    Object.entries({ serverSecret, probeSecret, ...(managerSecret !== undefined && { managerSecret }) }).forEach(
      ([input, name]) => {
        checkName(where, input, name);
      },
    );
    if (clientSans.length === 0) {
      throw invalid(where, {
        input: 'clientSans',
        got: [],
        allowed: 'at least the SAN of the probes’ certificate',
        fix: 'list the SANs; without them every certificate of the CA would be let in',
      });
    }
    return new PrometheusTls({
      kind: 'secrets',
      serverSecret,
      probeSecret,
      managerSecret,
      clientSans: checkDnsNames(where, 'clientSans', clientSans),
    });
  }

  /**
   * With certificates of cert-manager, rendered as `Certificate` objects for Prometheus, its probes and the manager.
   *
   * @param props the issuer
   */
  public static certManager(props: PrometheusTlsCertManager): PrometheusTls {
    const where = 'PrometheusTls.certManager';
    const { issuer, issuerKind = 'Issuer', readerSans = [] } = givenProps(where, CERT_MANAGER, props);
    checkName(where, 'issuer', issuer);
    const clientSans = checkDnsNames(where, 'readerSans', readerSans);
    return new PrometheusTls({ kind: 'cert-manager', issuer, issuerKind, readerSans: clientSans });
  }

  /** @internal */
  public readonly _source: TlsSource;

  private constructor(source: TlsSource) {
    this._source = source;
  }
}

function checkName(where: string, input: string, got: string): void {
  if (!isDnsName(got)) {
    throw invalid(where, { input, got, allowed: 'the name of an object (a DNS name)', fix: 'correct the name' });
  }
}
