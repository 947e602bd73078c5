import type { Size } from 'cdk8s';
import { invalid } from './private/errors';
import { sizeSuchAs, textOf } from './private/given';
import type { PersistenceModel } from './private/backend';

const VOLUME = sizeSuchAs('Size.gibibytes(1)');
const DIRECTORY = textOf('an absolute path without ".."', 'pass for example /var/lib/metric-agent');

/** Where a queue is written, so that it survives more than the process. */
export class PersistentQueue {
  /**
   * On an emptyDir of the pod: survives a restart of the container, and nothing else. A deleted or moved pod loses it.
   *
   * @param size size limit of the volume; at least 16 MiB
   */
  public static emptyDir(size: Size): PersistentQueue {
    const sizeMi = VOLUME('PersistentQueue.emptyDir', 'size', size).toMebibytes();
    if (sizeMi < 16) {
      throw invalid('PersistentQueue.emptyDir', {
        input: 'size',
        got: `${sizeMi} MiB`,
        allowed: 'at least 16 MiB',
        fix: 'pass for example Size.gibibytes(1)',
      });
    }
    return new PersistentQueue({ kind: 'emptyDir', sizeMi });
  }

  /**
   * In a directory of the node: survives the pod. `<path>/<namespace>/<instance>/<backend>` must exist on every node and be
   * writable for user 10001. Pod Security `baseline` and `restricted` refuse hostPath volumes; the Namespace of
   * `createNamespace` then enforces `privileged`.
   *
   * @param path absolute path on the node
   */
  public static hostPath(path: string): PersistentQueue {
    DIRECTORY('PersistentQueue.hostPath', 'path', path);
    if (!/^\/[-A-Za-z0-9._/]*[-A-Za-z0-9._]$/.test(path) || path.split('/').includes('..')) {
      throw invalid('PersistentQueue.hostPath', {
        input: 'path',
        got: path,
        allowed: 'an absolute path without ".."',
        fix: 'pass for example /var/lib/metric-agent',
      });
    }
    return new PersistentQueue({ kind: 'hostPath', path });
  }

  /** @internal */
  public readonly _model: PersistenceModel;

  private constructor(model: PersistenceModel) {
    this._model = model;
  }
}
