import type { ClientTls, Connection } from '../../connection';
import type { ProgramConfig } from '../../inventory';
import type { Value } from '../../value';
import { webScheme } from '../address';
import { addressOf, connect, connectToUrl, distinct, type FlowReader, type Part } from '../connect';

/** What the collector sends about itself: `service.telemetry` with OpenTelemetry's own names. */
export function telemetryConnections(reader: FlowReader, program: ProgramConfig): Connection[] {
  const telemetry = program.root.at('service', 'telemetry');
  const readers = telemetry.at('metrics', 'readers').items();
  const processors = (signal: string) => telemetry.at(signal, 'processors').items();
  return [
    ...pushes(
      reader,
      program,
      'metrics',
      readers.map((each) => each.at('periodic', 'exporter')),
    ),
    ...['traces', 'logs'].flatMap((signal) =>
      pushes(
        reader,
        program,
        signal,
        processors(signal).flatMap((each) => [each.at('batch', 'exporter'), each.at('simple', 'exporter')]),
      ),
    ),
  ];
}

const OTLP: readonly string[] = ['otlp', 'otlp_grpc', 'otlp_http'];

function pushes(reader: FlowReader, program: ProgramConfig, signal: string, exporters: readonly Value[]): Connection[] {
  return distinct(
    exporters.flatMap((exporter) =>
      OTLP.map((name) => exporter.get(name))
        .filter(({ present }) => present)
        .flatMap((settings) => push(reader, { program, source: `service.telemetry.${signal}`, settings })),
    ),
  );
}

function push(reader: FlowReader, part: Part): Connection[] {
  const { settings } = part;
  const endpoint = settings.get('endpoint');
  const isHttp = settings.get('protocol').text()?.startsWith('http') ?? settings.field.endsWith('otlp_http');
  if (isHttp) return connectToUrl(reader, part, endpoint, { purpose: 'push', tls: 'app' });
  const address = addressOf(reader, part, endpoint);
  if (!address) return [];
  const scheme = webScheme(address.scheme);
  const port = address.port ?? scheme?.port;
  if (port === undefined || address.host === '') {
    reader.unread.report(part.program.object, endpoint.field, 'a gRPC endpoint needs host and port');
    return [];
  }
  const insecure = settings.get('insecure').flag() ?? settings.at('tls', 'insecure').flag() ?? false;
  const tls: ClientTls = (scheme?.encrypted ?? !insecure) ? 'app' : 'none';
  const dialled = { host: address.host, port, field: endpoint.field };
  return [connect(reader, part, dialled, { purpose: 'push', tls, application: 'grpc' })];
}
