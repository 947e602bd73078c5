import { Cluster } from '../cluster';
import { instanceOf, required } from './given';

export const clusterKind = required(
  instanceOf(
    Cluster,
    ['Cluster.of({...})', 'Cluster.fromFile(path)'],
    'declare the facts about the cluster; none is assumed',
  ),
);
