export const HELP = `cdk8s-telemetry: what will happen to each connection?

Reads Kubernetes manifests (from cdk8s, Helm, kustomize or an operator), finds the connections that
collectors, Prometheus, probes and webhooks will open, and says for each whether Istio and the
NetworkPolicies let it through and how it is encrypted. No cluster is needed and nothing is sent
anywhere. What cannot be known is reported as unknown.

Usage
  cdk8s-telemetry plan <file, folder or ->...   the plan of these manifests
  cdk8s-telemetry diff <old> <new>              what changes between two sets of manifests
  cdk8s-telemetry explain [code]...             what a finding such as CT105 means; all codes if
                                                none is named

  Of a folder all .yaml, .yml and .json files are read, with those of its folders, but not hidden
  ones and node_modules. - is standard input. The old folder of a diff may be empty.

Options
  -c, --cluster <file>       facts that manifests do not contain: mesh mode, mutual TLS, address
                             ranges, CNI (docs/cluster.md); without them more is unknown
      --old-cluster <file>   the facts for the old side of a diff, if they change too
  -a, --acknowledge <file>   accepted findings: a YAML list of {code, object, field, reason};
                             object and field can be left out
  -f, --format <format>      markdown (default), json (a contract: version 1), or mermaid (a
                             picture; plan only)
  -o, --output <file>        write there, and only a summary to standard output
      --fail-on <severity>   mildest severity that ends with exit code 1: error (default), warning,
                             info, or never
  -h, --help                 this text
  -V, --version              the version

Exit codes
  0   no finding as severe as --fail-on; for diff no new one
  1   such findings; accepted ones do not count
  2   an option or the input is wrong: the reason is on standard error

Examples
  cdk8s synth && cdk8s-telemetry plan dist --cluster cluster.yaml
  helm template my-release ./chart | cdk8s-telemetry plan - --fail-on warning
  cdk8s-telemetry diff base/dist head/dist --cluster cluster.yaml --output traffic.md
  cdk8s-telemetry plan dist -f json | jq '.flows[] | select(.verdict != "works")'
`;
