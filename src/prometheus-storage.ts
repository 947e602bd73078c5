import type { Size } from 'cdk8s';
import { invalid } from './private/errors';
import { givenProps, type Keys, required, sizeSuchAs, text } from './private/given';
import type { StorageModel } from './private/prometheus/model';

/** A volume that outlives the pod. */
export interface PersistentStorageProps {
  /** Size of the volume. Claim templates are immutable, so it is always said; at least 1000 MiB. */
  readonly size: Size;

  /**
   * StorageClass of the claim.
   *
   * @default - the cluster's default class
   */
  readonly storageClassName?: string;
}

const VOLUME = sizeSuchAs('Size.gibibytes(2)');
const PERSISTENT: Keys<PersistentStorageProps> = { size: required(VOLUME), storageClassName: text };

/** Where Prometheus keeps its data. Retention by size follows from the size of the volume. */
export class PrometheusStorage {
  /**
   * An emptyDir: survives restarts of the container, not of the pod.
   *
   * @param size size limit of the volume; at least 1000 MiB
   */
  public static ephemeral(size: Size): PrometheusStorage {
    return new PrometheusStorage('ephemeral', size);
  }

  /**
   * A PersistentVolumeClaim.
   *
   * @param props size and class
   */
  public static persistent(props: PersistentStorageProps): PrometheusStorage {
    const { size, storageClassName } = givenProps('PrometheusStorage.persistent', PERSISTENT, props);
    return new PrometheusStorage('persistent', size, storageClassName);
  }

  /** @internal */
  public readonly _model: StorageModel;

  private constructor(kind: StorageModel['kind'], size: Size, storageClassName?: string) {
    const sizeMi = VOLUME(`PrometheusStorage.${kind}`, 'size', size).toMebibytes();
    if (sizeMi < MINIMUM_MI) {
      throw invalid(`PrometheusStorage.${kind}`, {
        input: 'size',
        got: `${sizeMi} MiB`,
        allowed: `at least ${MINIMUM_MI} MiB: the write-ahead log alone keeps several segments of up to 128 MiB`,
        fix: 'pass for example Size.gibibytes(2)',
      });
    }
    this._model = { kind, sizeMi, storageClassName };
  }
}

const MINIMUM_MI = 1000;
