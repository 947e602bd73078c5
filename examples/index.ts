import type { App } from 'cdk8s';
import { adr26LocalPrometheus } from './adr-26-local-prometheus/app';
import { ambient } from './ambient/app';
import { extend } from './extend/app';
import { gitops } from './gitops/app';
import { hardened } from './hardened/app';
import { minimal } from './minimal/app';
import { noMesh } from './no-mesh/app';
import { platform } from './platform/app';
import { plusInterop } from './plus-interop/app';
import { registryOnly } from './registry-only/app';

/** The examples by the name of their folder. */
export const examples: Record<string, (app: App) => void> = {
  minimal,
  platform,
  'adr-26-local-prometheus': adr26LocalPrometheus,
  ambient,
  'no-mesh': noMesh,
  'registry-only': registryOnly,
  hardened,
  'plus-interop': plusInterop,
  gitops,
  extend,
};
