import { checkConfigMapKey, isDnsName } from './private/checks';
import { invalid } from './private/errors';
import { givenProps, type Keys, text } from './private/given';
import type { ScrapeTlsModel } from './private/input';
import { checkSecretRef, type SecretRef } from './secret-ref';

/** What else is asked of the certificates. */
export interface ScrapeTlsOptions {
  /**
   * DNS name that is in the certificate of every scraped pod.
   *
   * @default - the address of the pod, which then has to be in its certificate
   */
  readonly serverName?: string;
}

const OPTIONS: Keys<ScrapeTlsOptions> = { serverName: text };

/**
 * How the agent checks the certificates of pods that serve TLS themselves. A renewed CA is picked up without a restart.
 *
 * STRICT sidecars have nothing to do with it: they are scraped with Istio certificates.
 */
export class ScrapeTls {
  /**
   * Against a CA from a ConfigMap in the agent's namespace.
   *
   * @param configMapName name of the ConfigMap; it must exist
   * @param key key that holds the PEM bundle
   * @param options what else is asked of the certificates
   */
  public static verifyWith(configMapName: string, key: string, options: ScrapeTlsOptions = {}): ScrapeTls {
    const where = 'ScrapeTls.verifyWith';
    checkConfigMapKey(where, configMapName, key);
    return new ScrapeTls(verifying(where, { kind: 'configMap', name: configMapName, key }, options));
  }

  /**
   * Against a CA from a Secret in the agent's namespace.
   *
   * @param ca key that holds the PEM bundle; the Secret must exist
   * @param options what else is asked of the certificates
   */
  public static verifyWithSecret(ca: SecretRef, options: ScrapeTlsOptions = {}): ScrapeTls {
    const where = 'ScrapeTls.verifyWithSecret';
    const { secretName, key } = checkSecretRef(where, 'ca', ca);
    return new ScrapeTls(verifying(where, { kind: 'secret', name: secretName, key }, options));
  }

  /** Not at all: whoever answers on the pod's address is believed. The traffic plan reports it. */
  public static skipVerify(): ScrapeTls {
    return new ScrapeTls({ skip: true });
  }

  /** @internal */
  public readonly _model: ScrapeTlsModel;

  private constructor(model: ScrapeTlsModel) {
    this._model = model;
  }
}

function verifying(where: string, ca: ScrapeTlsModel['ca'], options: ScrapeTlsOptions): ScrapeTlsModel {
  const { serverName } = givenProps(where, OPTIONS, options);
  if (serverName !== undefined && !isDnsName(serverName)) {
    throw invalid(where, { input: 'serverName', got: serverName, allowed: 'a DNS name', fix: 'correct the name' });
  }
  return { skip: false, ca, serverName };
}
