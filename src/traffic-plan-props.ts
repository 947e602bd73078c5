/** How bad a finding is. */
export enum FindingSeverity {
  /** The traffic will not work, or a promise of the stack is broken. */
  ERROR = 'error',
  /** It may not work, or is open to more than it needs. */
  WARNING = 'warning',
  /** Worth knowing. */
  INFO = 'info',
}

/** Something that is wrong with the traffic of a stack. */
export interface TrafficFinding {
  /** Stable code; docs/findings.md has a section for each. */
  readonly code: string;
  /** How bad it is. */
  readonly severity: FindingSeverity;
  /** The object to change: `Kind/namespace/name`. */
  readonly object: string;
  /** The path inside that object. */
  readonly field: string;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
  /**
   * Why it is accepted.
   *
   * @default - it is not
   */
  readonly acknowledged?: string;
}

/** A finding that is accepted. One that accepts nothing is reported itself. */
export interface AcknowledgedFinding {
  /** Code of the finding, such as `CT401`. */
  readonly code: string;
  /** Why it is right here: printed beside the finding. */
  readonly reason: string;
  /**
   * Only at this object: `Kind/namespace/name`.
   *
   * @default - at every object
   */
  readonly object?: string;
  /**
   * Only at this path inside the object.
   *
   * @default - at every path
   */
  readonly field?: string;
}

/** Settings of a traffic plan. */
export interface TrafficPlanProps {
  /**
   * Findings that are accepted, each with its reason.
   *
   * @default - none
   */
  readonly acknowledged?: AcknowledgedFinding[];

  /**
   * The cluster to plan for, where a scope has objects for several: its `Cluster` name.
   *
   * @default - the only cluster
   */
  readonly cluster?: string;
}

/** Settings of the check at synthesis. */
export interface TrafficPlanEnforceProps {
  /**
   * Findings that are accepted, each with its reason.
   *
   * @default - none
   */
  readonly acknowledged?: AcknowledgedFinding[];

  /**
   * The mildest severity that fails synthesis.
   *
   * @default FindingSeverity.ERROR
   */
  readonly failOn?: FindingSeverity;

  /**
   * Name of the Markdown file that is written into the output directory, beside the manifests.
   *
   * @default traffic.md
   */
  readonly fileName?: string;
}
