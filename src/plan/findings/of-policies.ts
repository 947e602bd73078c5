import type { World } from '../world';
import type { Found } from './finding';
import { policyWidth } from './policy-width';
import { portLevelMtls } from './port-level-mtls';

/** NetworkPolicies and PeerAuthentications in themselves. */
export function policyFindings(world: World): Found[] {
  return [...world.inventory.networkPolicies.flatMap(policyWidth), ...portLevelMtls(world)];
}
