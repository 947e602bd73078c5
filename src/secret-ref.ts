import type { SecretValue } from 'cdk8s-plus-28';
import { isDataKey, isDnsName } from './private/checks';
import { invalid, NOT_SHOWN } from './private/errors';

/**
 * One key of a Kubernetes Secret, by reference. The only way to give this library a credential: the value itself never
 * reaches the manifests. The Secret must exist in the namespace of the part that uses it.
 */
export class SecretRef {
  /**
   * A key of a Secret by name.
   *
   * @param secretName name of the Secret; fails unless it is a DNS name
   * @param key key inside the Secret; fails unless it consists of letters, digits, `-`, `_` and `.`
   */
  public static of(secretName: string, key: string): SecretRef {
    return new SecretRef(secretName, key);
  }

  /**
   * A key of a Secret that cdk8s-plus knows: `{ secret: Secret.fromSecretName(...), key: 'token' }`.
   *
   * @param value secret and key
   */
  public static fromSecretValue(value: SecretValue): SecretRef {
    const { secret, key } = Object(value) as Partial<SecretValue>;
    return new SecretRef(secret?.name, key);
  }

  /** Name of the Secret. */
  public readonly secretName: string;

  /** Key inside the Secret. */
  public readonly key: string;

  private constructor(secretName: string | undefined, key: string | undefined) {
    if (secretName === undefined || !isDnsName(secretName)) {
      throw invalid('SecretRef', {
        input: 'secretName',
        got: secretName === undefined ? undefined : NOT_SHOWN,
        allowed: 'the name of a Secret (a DNS name)',
        fix: 'pass the name of the Secret, never the secret itself',
      });
    }
    if (key === undefined || !isDataKey(key)) {
      throw invalid('SecretRef', {
        input: 'key',
        got: key === undefined ? undefined : NOT_SHOWN,
        allowed: 'a key of the Secret: letters, digits, "-", "_" and "."',
        fix: `pass a key that \`kubectl get secret ${secretName}\` shows`,
      });
    }
    this.secretName = secretName;
    this.key = key;
  }
}

/**
 * Plain JavaScript can pass anything, and a literal credential must not get further than here.
 * @internal
 */
export function checkSecretRef(where: string, input: string, value: unknown): SecretRef {
  if (value instanceof SecretRef) return value;
  throw invalid(where, {
    input,
    got: value === undefined ? undefined : NOT_SHOWN,
    allowed: 'SecretRef.of(secretName, key)',
    fix: 'put the credential into a Secret and refer to it',
  });
}
