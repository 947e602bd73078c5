/** A Grafana dashboard of pipeline health, in a ConfigMap that Grafana's sidecar finds (docs/dashboard.md). */
export interface GrafanaDashboardProps {
  /**
   * Labels by which the sidecar finds dashboards: `sidecar.dashboards.label` and `labelValue` of the Grafana Helm chart.
   *
   * @default { grafana_dashboard: '1' } - what the Grafana Helm chart and kube-prometheus-stack look for
   */
  readonly labels?: Record<string, string>;

  /**
   * Namespace of the ConfigMap. The sidecar looks in Grafana's own only, unless `sidecar.dashboards.searchNamespace` says
   * otherwise. The namespace must exist.
   *
   * @default - the namespace of Prometheus
   */
  readonly namespace?: string;

  /**
   * Folder in Grafana, as annotation `grafana_folder`. The Helm chart follows it with `sidecar.dashboards.folderAnnotation:
   * grafana_folder` and `sidecar.dashboards.provider.foldersFromFilesStructure: true`.
   *
   * @default - no annotation: where the sidecar puts dashboards
   */
  readonly folder?: string;

  /**
   * Name of the data source in Grafana that queries this Prometheus. The dashboard then offers no other.
   *
   * @default - any data source of type Prometheus can be chosen in the dashboard; Grafana's default comes first
   */
  readonly dataSource?: string;
}
