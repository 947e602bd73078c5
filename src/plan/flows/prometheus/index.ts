import type { Connection } from '../../connection';
import type { ProgramConfig } from '../../inventory';
import type { FlowReader, Part } from '../connect';
import { reportProxy } from '../proxy';
import { scrapeConnections } from '../scrape';
import { alertConnections } from './alerting';
import { type Discovering, discoveryConnections } from './discovery';
import { remoteConnections, tokenConnections, tracingConnections } from './remote';

/** What a Prometheus connects to; `scrapeFiles` hold further jobs (`scrape_config_files`). */
export function prometheusConnections(
  reader: FlowReader,
  program: ProgramConfig,
  scrapeFiles: readonly ProgramConfig[] = [],
): Connection[] {
  reportProxy(reader, program);
  return [
    ...[program, ...scrapeFiles].flatMap((file) => jobConnections(reader, file)),
    ...alertConnections(reader, program),
    ...remoteConnections(reader, program),
    ...tracingConnections(reader, program),
  ];
}

function jobConnections(reader: FlowReader, program: ProgramConfig): Connection[] {
  const section = program.root.get('scrape_configs');
  const jobs = section.items();
  const discovering = jobs.map((job): Discovering => ({ name: job.get('job_name').text() ?? '', settings: job }));
  const part: Part = { program, source: 'scrape_configs', settings: section };
  return [
    ...jobs.flatMap((config) => scrapeConnections(reader.world, reader.unread, { program, source: '', config })),
    ...discoveryConnections(reader, part, discovering),
    ...jobs.flatMap((job, i) =>
      tokenConnections(reader, { program, source: `scrape_configs.${discovering[i]!.name}`, settings: job }),
    ),
  ];
}
