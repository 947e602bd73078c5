/** One manifest: parsed, not yet understood. */
export interface ManifestDocument {
  /** File (or chart) and position of the document in it, for messages: `dist/telemetry.k8s.yaml, document 3`. */
  readonly where: string;
  readonly raw: unknown;
}
