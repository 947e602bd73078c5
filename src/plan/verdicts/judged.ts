import type { Connection } from '../connection';
import type { MtlsModeName } from '../inventory';
import type { Flow } from '../result';
import type { Capture } from './capture';
import type { Interception } from './interception';
import type { PolicyJudgement } from './network-policy';
import type { Cause } from './outcome';

/** A connection with its verdict, and what the findings need to know beyond the row of the plan. */
export interface Judged {
  readonly connection: Connection;
  readonly flow: Flow;
  /** Why it ends as it does: one cause for each way that it can end. */
  readonly causes: readonly Cause[];
  /** What the rules in the client's pod do; only of pods that have or may have a sidecar. */
  readonly capture?: Capture;
  /** What the annotations of that pod say. */
  readonly interception?: Interception;
  /** Mutual TLS modes that the server's port may have; empty when no sidecar and no ztunnel takes it. */
  readonly serverModes: readonly MtlsModeName[];
  readonly policy: PolicyJudgement;
}
