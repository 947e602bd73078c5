import type { GrafanaDashboardProps } from '../../grafana-dashboard';
import { checkDnsLabel, checkPodLabels } from '../checks';
import { invalid } from '../errors';
import type { Labels } from '../labels';
import { clusterScopedName } from '../names';
import type { DashboardModel } from './model';

/** What the sidecar of the Grafana Helm chart looks for (`sidecar.dashboards`). */
const DEFAULT_LABELS = { grafana_dashboard: '1' };
const FOLDER_ANNOTATION = 'grafana_folder';

interface Owner {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
}

export function dashboardModel(where: string, props: GrafanaDashboardProps, owner: Owner): DashboardModel {
  const namespace = checkDnsLabel(where, 'dashboard.namespace', props.namespace ?? owner.namespace);
  const name = `${owner.name}-dashboard`;
  const folder = props.folder === undefined ? undefined : checkFolder(where, props.folder);
  return {
    namespace,
    // In a foreign namespace the name says whose it is.
    name: namespace === owner.namespace ? name : clusterScopedName(owner.namespace, name),
    labels: { ...checkSidecarLabels(where, props.labels ?? DEFAULT_LABELS, owner.labels), ...owner.labels },
    annotations: folder === undefined ? undefined : { [FOLDER_ANNOTATION]: folder },
    dataSource: props.dataSource === undefined ? undefined : checkDataSource(where, props.dataSource),
  };
}

/** Without a label nobody finds it. */
function checkSidecarLabels(where: string, labels: Labels, own: Labels): Labels {
  const taken = Object.keys(labels).find((key) => key in own);
  if (taken !== undefined) {
    throw invalid(where, {
      input: 'dashboard.labels',
      got: labels,
      allowed: `labels that are not ours; ${taken} is`,
      fix: 'use the label that the sidecar of Grafana looks for, such as grafana_dashboard',
    });
  }
  return checkPodLabels(where, 'dashboard.labels', labels);
}

/** The sidecar takes it for a path below its own folder. */
function checkFolder(where: string, folder: string): string {
  const parts = folder.split('/');
  if (parts.some((part) => part.trim() !== part || ['', '.', '..'].includes(part))) {
    throw invalid(where, {
      input: 'dashboard.folder',
      got: folder,
      allowed: 'the name of a folder, or names with slashes between them',
      fix: 'pass for example "Telemetry", or leave it out',
    });
  }
  return folder;
}

function checkDataSource(where: string, name: string): string {
  if (name.trim() !== name || name === '') {
    throw invalid(where, {
      input: 'dashboard.dataSource',
      got: name,
      allowed: 'the name of a data source',
      fix: 'copy the name from Grafana, or leave it out to choose in the dashboard',
    });
  }
  return name;
}
