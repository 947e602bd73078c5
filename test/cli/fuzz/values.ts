import fc from 'fast-check';

/** A scalar that is written as it is, without quotes: only YAML's text can say it. */
export const raw = (text: string): string => `${RAW}${text}`;
export const RAW = '@raw:';

const lines = (text: string): string[] => text.trim().split(/\n\s*/);

/** Texts that mean something to a terminal, a regular expression, a template, JavaScript, Markdown, HTML or Mermaid. */
export const TEXTS = [
  ...'* % $ $$ ${1} ${env:X} $(X) {{ \\ " \' ( [ || ` `` `|` # # {# 1 0 -1 65536 : a: :1 a:1:2 / .. ../../etc'.split(
    ' ',
  ),
  ...'__proto__ constructor toString hasOwnProperty prototype length NaN 1e999 null true'.split(' '),
  ...'(a+)+$ (x+x+)+y (?=a) (?P<a>.) \\p{Greek}+ ((((a{50}){50}){50}){50})'.split(' '),
  ...'<img|src=x> </code></details> <!-- <br &lt; &#60; @octocat #1 **x** _x_ ~~x~~ ``` ~~~ %% ]--x #35; end a|b'.split(
    ' ',
  ),
  ...'[x](https://evil.example) ![x](//evil.example/x.png) https://evil.example'.split(' '),
  ...'10.0.0.0/33 ::/0 0.0.0.0/0 fe80::1%eth0 ::ffff:1.2.3.4 http://[ http://u:p@h:99999/ unix:///x'.split(' '),
  ...[
    '',
    ' ',
    'a b',
    '{{ .Values.x }}',
    '<img src=x onerror=alert(1)>',
    '[x]: //evil.example',
    '# heading',
    '> x',
    '"] --> n0',
  ],
  ...['click n0 "javascript:alert(1)"', '\n# heading\n', '\n\n- item', '\n---\n', '\r\n', 'a|'.repeat(500)],
  ...Array.from('\u0000\u007f\u0085\u2028\u202e\u200b\ufeff\ud800😀ﷺ'),
  ...['\u001b[31m', 'x'.repeat(20_000), '|'.repeat(3_000), '\n'.repeat(3_000), 'a.'.repeat(2_000), '('.repeat(5_000)],
];

/** Anchors for the aliases below, in a field that no object has. */
export const ANCHORS = { 'x-anchors': raw('[&text a, &map {app: a}, &list [a], &twice [*list, *list]]') };

const RAWS = [
  ...'1e999 -1e999 .inf .nan -0 0x1f 0b11 0o17 0777 1_000 1:30 +1 1. .5 1e3 2024-01-01 2024-01-01T00:00:00Z ~ y off'.split(
    ' ',
  ),
  ...['9'.repeat(400), `0x${'f'.repeat(40)}`, '18446744073709551616', '"\\ud800"', '"\\0"', '[a'],
  ...'*text *map *list *twice *nowhere {<<: *map}'.split(/ (?=\*)/),
  ...lines(`
    !!binary aGk=
    !!binary "*"
    !!int x
    !!float 1
    !!timestamp 2024-01-01
    !!set {a, b}
    !!omap [a: 1]
    !!str 1
    !!null x
    !!js/function "x"
    !!js/regexp /a/
    !custom {a: 1}
    !custom [1]
    !<tag:x> 1
    &x 1
    &self [*self]
    {<<: [*map, *map]}
    {<<: 1}
    {? [a] : b}
    {? {a: 1} : b}
    {{ .Values.x }}
    {__proto__: {a: 1}}
    {a: 1, a: 2}
  `),
];

const KEYS = [
  ...'kind metadata name namespace spec labels annotations ports port data items hostNetwork receivers exporters otlp'.split(
    ' ',
  ),
  ...'endpoint tls insecure scrape_configs relabel_configs kubernetes_sd_configs prometheus.io/scrape'.split(' '),
  ...'traffic.sidecar.istio.io/includeOutboundPorts sidecar.istio.io/inject proxy.istio.io/config'.split(' '),
];

const WRONG: unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 65_536, 2 ** 53, 1e308, 5e-324],
  ...[[], {}, [[]], [null], [{}], [[[]]], { a: null }, { '': '' }, { a: [] }, { items: [{}] }],
  Array.from({ length: 500 }, (_, i) => `a:${i}`),
  Array.from({ length: 150 }).reduce<unknown>((inner) => [inner], 1),
  Array.from({ length: 250 }).reduce<unknown>((inner) => ({ a: inner }), 1),
];

/** What could stand there, and leads into the planner rather than to a refusal. */
const PLAUSIBLE = [
  ...'10.96.0.1 10.244.1.7:9102 [fd00::1]:80 0.0.0.0:4317 localhost:8080 10.0.0.0/8 fd00::/48 10.244.1.7 *:80'.split(
    ' ',
  ),
  ...'prometheus.monitoring:9090 http://cart.shop.svc.cluster.local:8080/metrics https://kubernetes.default.svc'.split(
    ' ',
  ),
  ...'dns:///gateway.observability:4317 k8s:///a.b:1 unix:///var/run/x ${env:MY_POD_IP}:8888 $(URL) 5s 2d 8080'.split(
    ' ',
  ),
  ...'true false pod endpoints endpointslice service node ingress keep drop replace labelmap hashmod __address__'.split(
    ' ',
  ),
  ...'__meta_kubernetes_pod_annotation_prometheus_io_port __meta_kubernetes_pod_label_app (.+):(?:\\d+);(\\d+) $1:$2'.split(
    ' ',
  ),
  ...'STRICT DISABLE ISTIO_MUTUAL shop istio-system http grpc-x UDP 80,443 * 15001 10.0.0.0/8,::/0 443,x'.split(' '),
  ...['up{job="a"}', 'sum by (pod) (rate(x[5m]))', '{"holdApplicationUntilProxyStarts": 1}'],
  'proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}',
];

export const text = fc.oneof(
  fc.constantFrom(...PLAUSIBLE),
  fc.constantFrom(...TEXTS),
  fc
    .tuple(
      fc.constantFrom('http://', 'https://', ''),
      fc.constantFrom(...TEXTS, ...PLAUSIBLE),
      fc.constantFrom('', ':80', '.shop:9090/x'),
    )
    .map((parts) => parts.join('')),
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
export const number = fc.oneof(
  fc.constantFrom(80, 443, 8080, 9090, 4317, 15_020, 10_250),
  fc.integer({ min: -1, max: 70_000 }),
);
const names = fc.oneof(fc.constantFrom(...KEYS), text);
export const key = fc.oneof({ arbitrary: names, weight: 9 }, fc.constantFrom('<<', '? [a]').map(raw));
export const rawScalar = fc.constantFrom(...RAWS);

/** Any value that YAML can hold, mostly one that nobody expects. */
export const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...WRONG),
  text,
  rawScalar.map(raw),
  fc.double(),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(names, text, { maxKeys: 3, noNullPrototype: true }),
);
