import type { BackendPlacement } from './backend-placement';
import type { AuthModel } from './private/backend';
import { placementKind, resolveDestination } from './private/destination-checks';
import { urlKind } from './private/endpoint';
import { invalid } from './private/errors';
import { hiding, isObject, type Keys, listOf, objectOf, required, text } from './private/given';
import { checkSecretRef, type SecretRef } from './secret-ref';

/** OAuth2 client credentials (RFC 6749, section 4.4). */
export interface OAuth2Props {
  /** Where tokens are fetched; checked like the URL of a backend. It is a destination of its own. */
  readonly tokenUrl: string;

  /** Where the token endpoint runs: interception and egress follow from it. */
  readonly tokenPlacement: BackendPlacement;

  /** Secret key that holds the client id. */
  readonly clientId: SecretRef;

  /** Secret key that holds the client secret. */
  readonly clientSecret: SecretRef;

  /**
   * Scopes to ask for.
   *
   * @default - none
   */
  readonly scopes?: string[];
}

const OAUTH2: Keys<OAuth2Props> = {
  tokenUrl: urlKind('oauth2Token'),
  tokenPlacement: placementKind,
  clientId: required(checkSecretRef),
  clientSecret: required(checkSecretRef),
  scopes: listOf(text),
};

/** How the agent proves to a backend who it is. All credentials are mounted files: rotation needs no restart. */
export class BackendAuth {
  /**
   * HTTP basic authentication.
   *
   * @param username key of a Secret that holds the user name
   * @param password key of a Secret that holds the password
   */
  public static basic(username: SecretRef, password: SecretRef): BackendAuth {
    return new BackendAuth((where) => ({
      kind: 'basic',
      username: checkSecretRef(where, 'auth.username', username),
      password: checkSecretRef(where, 'auth.password', password),
    }));
  }

  /**
   * A bearer token.
   *
   * @param token key of a Secret that holds the token
   */
  public static bearer(token: SecretRef): BackendAuth {
    return new BackendAuth((where) => ({ kind: 'bearer', token: checkSecretRef(where, 'auth.token', token) }));
  }

  /**
   * OAuth2 client credentials.
   *
   * @param props token endpoint and client
   */
  public static oauth2(props: OAuth2Props): BackendAuth {
    return new BackendAuth((where) => {
      const given = hiding(objectOf(OAUTH2), isObject)(where, 'auth', props);
      const { clientId, clientSecret, tokenUrl, tokenPlacement, scopes = [] } = given;
      const wrong = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
      if (wrong !== undefined) {
        throw invalid(where, {
          input: 'auth.scopes',
          got: wrong,
          allowed: 'scopes without white space and quotes (RFC 6749, section 3.3)',
          fix: 'pass each scope as an entry of its own',
        });
      }
      const input = { url: tokenUrl, placement: tokenPlacement };
      const token = resolveDestination(where, 'auth.tokenUrl', 'oauth2Token', input);
      return { kind: 'oauth2', clientId, clientSecret, token, scopes };
    });
  }

  /** @internal */
  public readonly _resolve: (where: string) => AuthModel;

  private constructor(resolve: (where: string) => AuthModel) {
    this._resolve = resolve;
  }
}
