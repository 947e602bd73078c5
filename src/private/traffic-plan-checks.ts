import { Construct, type IConstruct } from 'constructs';
import {
  type AcknowledgedFinding,
  FindingSeverity,
  type TrafficPlanEnforceProps,
  type TrafficPlanProps,
} from '../traffic-plan-props';
import { invalid } from './errors';
import { type Keys, listOf, memberOf, objectOf, required, text } from './given';

const ACKNOWLEDGED = listOf(
  objectOf<AcknowledgedFinding>({
    code: required(findingCode),
    reason: required(reason),
    object: text,
    field: text,
  }),
);

export const PLAN_KEYS: Keys<TrafficPlanProps> = { acknowledged: ACKNOWLEDGED, cluster: text };

export const ENFORCE_KEYS: Keys<TrafficPlanEnforceProps> = {
  acknowledged: ACKNOWLEDGED,
  failOn: memberOf('FindingSeverity', FindingSeverity),
  fileName: text,
};

/** As the command demands of its file. */
function findingCode(where: string, input: string, got: unknown): string {
  if (typeof got === 'string' && /^CT\d{3}$/.test(got)) return got;
  throw invalid(where, {
    input,
    got,
    allowed: 'the code of a finding: CT and three digits',
    fix: 'copy it from the finding, such as CT101',
  });
}

function reason(where: string, input: string, got: unknown): string {
  if (typeof got === 'string' && got.trim() !== '') return got;
  throw invalid(where, { input, got, allowed: 'why the finding is right here', fix: 'say why; the plan prints it' });
}

export function checkScope(where: string, scope: unknown): IConstruct {
  if (Construct.isConstruct(scope)) return scope;
  throw invalid(where, {
    input: 'scope',
    got: scope,
    allowed: 'a chart or the App',
    fix: 'pass the App: it has all charts',
  });
}
