/** One input of the agent, validated. */
export type InputModel = RuntimeInput | PrometheusInput | IstioInput;

export interface RuntimeInput {
  readonly kind: 'runtime';
  readonly intervalSeconds: number;
  readonly skipKubeletVerification: boolean;
}

export interface PrometheusInput {
  readonly kind: 'prometheus';
  readonly intervalSeconds: number;
  /** Undefined: all namespaces. */
  readonly namespaces: readonly string[] | undefined;
  /** Undefined: every TCP port. */
  readonly ports: readonly number[] | undefined;
}

export interface IstioInput {
  readonly kind: 'istio';
  readonly intervalSeconds: number;
  readonly namespaces: readonly string[] | undefined;
}

/** An agent has each kind at most once. */
export interface Inputs {
  readonly runtime?: RuntimeInput;
  readonly prometheus?: PrometheusInput;
  readonly istio?: IstioInput;
}
