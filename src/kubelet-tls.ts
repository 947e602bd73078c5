import { checkConfigMapKey } from './private/checks';
import type { RuntimeInput } from './private/input';

/** How the agent checks the certificate of the kubelet. */
export class KubeletTls {
  /** Against the cluster CA. Needs serving certificates signed by it (`serverTLSBootstrap`). */
  public static verify(): KubeletTls {
    return new KubeletTls({ skip: false });
  }

  /**
   * Against a CA of its own, from a ConfigMap in the agent's namespace. The collector reads it at its start only: to replace
   * a CA, put both into the bundle and restart the agents.
   *
   * @param configMapName name of the ConfigMap
   * @param key key that holds the PEM bundle
   */
  public static verifyWith(configMapName: string, key: string): KubeletTls {
    const where = 'KubeletTls.verifyWith';
    checkConfigMapKey(where, configMapName, key);
    return new KubeletTls({ skip: false, ca: { configMap: configMapName, key } });
  }

  /** Not at all: whoever answers on the node's address can pose as the kubelet and receives the agent's token. */
  public static skipVerify(): KubeletTls {
    return new KubeletTls({ skip: true });
  }

  /** @internal */
  public readonly _model: RuntimeInput['kubeletTls'];

  private constructor(model: RuntimeInput['kubeletTls']) {
    this._model = model;
  }
}
