import { App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Planner from './plan';
import type { Plan } from './plan/result';
import { chosenCluster, type ClusterObjects, objectsByCluster } from './private/declared-clusters';
import { givenProps } from './private/given';
import { checkScope, ENFORCE_KEYS, PLAN_KEYS } from './private/traffic-plan-checks';
import {
  type AcknowledgedFinding,
  FindingSeverity,
  type TrafficFinding,
  type TrafficPlanEnforceProps,
  type TrafficPlanProps,
} from './traffic-plan-props';

/**
 * What will happen to every connection of a stack, read off its manifests and the facts about the cluster: path, encryption,
 * what the server does, NetworkPolicies, and what is wrong. The same plan comes from `npx cdk8s-telemetry plan`.
 */
export class TrafficPlan {
  /**
   * Plans what the constructs below a scope render, as they are now.
   *
   * @param scope a chart or an App with at least one construct of this library, whose `Cluster` tells the facts
   * @param props accepted findings; which cluster, if there are several
   */
  public static of(scope: IConstruct, props: TrafficPlanProps = {}): TrafficPlan {
    const { cluster, acknowledged = [] } = givenProps('TrafficPlan.of', PLAN_KEYS, props);
    return new TrafficPlan(planOf(chosenCluster(checkScope('TrafficPlan.of', scope), cluster), acknowledged));
  }

  /**
   * Makes findings fail synthesis, and writes the plan beside the manifests. With several clusters each has its part.
   *
   * @param scope usually the App
   * @param props accepted findings, severity, file name
   */
  public static enforce(scope: IConstruct, props: TrafficPlanEnforceProps = {}): void {
    const where = 'TrafficPlan.enforce';
    checkScope(where, scope);
    const {
      failOn = FindingSeverity.ERROR,
      acknowledged = [],
      fileName = 'traffic.md',
    } = givenProps(where, ENFORCE_KEYS, props);
    const plans = sameTick(() => plansByCluster(scope, acknowledged));
    scope.node.addValidation({
      validate: () => {
        const made = plans();
        writeBeside(scope, fileName, planner().markdownOfClusters(made));
        return [...made.values()].flatMap((plan) => planner().failures(plan, failOn)).map(inOneLine);
      },
    });
  }

  /** All findings, the worst first. */
  public readonly findings: TrafficFinding[];

  private constructor(private readonly plan: Plan) {
    this.findings = plan.findings.map(({ severity, acknowledged, ...finding }) => ({
      ...finding,
      severity: SEVERITIES[severity],
      ...(acknowledged !== null && { acknowledged }),
    }));
  }

  /** For pull requests: a summary, the findings, and a table for each workload. */
  public toMarkdown(): string {
    return planner().markdownOf(this.plan);
  }

  /** A flowchart that GitHub and others draw. */
  public toMermaid(): string {
    return planner().mermaidOf(this.plan);
  }

  /** For programs: JSON. Its `version` changes when a field changes its meaning or goes (docs/traffic-plan.md). */
  public toJson(): string {
    return planner().jsonOf(this.plan);
  }
}

const SEVERITIES = { error: FindingSeverity.ERROR, warning: FindingSeverity.WARNING, info: FindingSeverity.INFO };

/** Loaded on first use: an app that only renders does not pay for the planner. */
function planner(): typeof Planner {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./plan') as typeof Planner;
}

function planOf({ facts, objects }: ClusterObjects, acknowledged: readonly AcknowledgedFinding[]): Plan {
  const documents = objects.map((object) => ({ where: object.node.path, raw: object.toJson() as unknown }));
  return planner().planOf(documents, facts, acknowledged);
}

function plansByCluster(scope: IConstruct, acknowledged: readonly AcknowledgedFinding[]): Map<string, Plan> {
  return new Map(objectsByCluster(scope).map((cluster) => [cluster.facts.name, planOf(cluster, acknowledged)]));
}

/**
 * cdk8s validates the whole App once for each chart it writes, all in one go (cdk8s `App._synthChart`). A plan is as long as
 * the manifests, so it is made once for all of them.
 */
function sameTick<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    if (made === undefined) {
      made = make();
      queueMicrotask(() => (made = undefined));
    }
    return made;
  };
}

/** The output directory is there when cdk8s writes files, and not when a test asks for the text. */
function writeBeside(scope: IConstruct, fileName: string, text: string): void {
  const { outdir } = App.of(scope);
  if (existsSync(outdir)) writeFileSync(join(outdir, fileName), text);
}

function inOneLine({ code, object, field, message, fix }: TrafficFinding | Plan['findings'][number]): string {
  return `${code} ${object}: ${field}: ${message}; fix: ${fix}`;
}
