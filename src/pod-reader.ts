/** Pods that may connect: by namespace and labels together, so that no other namespace can join by labelling its pods. */
export interface PodReader {
  /** Namespace of the pods. */
  readonly namespace: string;

  /** Labels of the pods; at least one. */
  readonly podLabels: Record<string, string>;
}
