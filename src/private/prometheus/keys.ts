import type { GrafanaDashboardProps } from '../../grafana-dashboard';
import { MetricAgent } from '../../metric-agent';
import type { AlertmanagerProps, PrometheusNoMeshProps, PrometheusOptions } from '../../prometheus-props';
import { PrometheusStorage } from '../../prometheus-storage';
import { PrometheusTls } from '../../prometheus-tls';
import { clusterKind } from '../cluster-kind';
import { placementKind } from '../destination-checks';
import { urlKind } from '../endpoint';
import { durationSuchAs, instanceOf, type Keys, listOf, mapOf, number, objectOf, text } from '../given';
import { readerKind } from '../reader-kind';
import { RESOURCES } from '../resources';

const ALERTMANAGER: Keys<AlertmanagerProps> = { url: urlKind('alertmanager'), placement: placementKind };

const DASHBOARD: Keys<GrafanaDashboardProps> = { labels: mapOf(text), namespace: text, folder: text, dataSource: text };

export const alertmanagerKind = objectOf(ALERTMANAGER);

export const agentKind = instanceOf(MetricAgent, ['new MetricAgent(chart, id, {...})'], 'pass the agent itself');

export const PROMETHEUS_OPTIONS: Keys<PrometheusOptions> = {
  storage: instanceOf(
    PrometheusStorage,
    ['PrometheusStorage.ephemeral(size)', 'PrometheusStorage.persistent({...})'],
    'say where data is kept',
  ),
  expectedNodes: number,
  retention: durationSuchAs('Duration.hours(24)'),
  readers: listOf(readerKind),
  tls: instanceOf(
    PrometheusTls,
    ['PrometheusTls.fromSecrets({...})', 'PrometheusTls.certManager({...})'],
    'say where certificates come from, or leave it out for plaintext behind NetworkPolicy',
  ),
  alertmanagers: listOf(alertmanagerKind),
  runbooks: text,
  dashboard: objectOf(DASHBOARD),
  image: text,
  resources: objectOf(RESOURCES),
  priorityClassName: text,
};

export const PROMETHEUS: Keys<PrometheusNoMeshProps> = {
  ...PROMETHEUS_OPTIONS,
  cluster: clusterKind,
  agents: listOf(agentKind),
  namespace: text,
  instance: text,
};
