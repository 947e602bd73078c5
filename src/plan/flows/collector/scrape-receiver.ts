import type { Connection } from '../../connection';
import { connectToUrl, type FlowReader } from '../connect';
import { type Discovering, discoveryConnections } from '../prometheus/discovery';
import { tokenConnections } from '../prometheus/remote';
import { scrapeConnections } from '../scrape';
import { encryptedBy } from '../tls';
import type { Component } from './components';

/** A Prometheus receiver: its scrape jobs, what they ask in order to find targets, and the target allocator. */
export function scrapeReceiverConnections(reader: FlowReader, component: Component): Connection[] {
  const { program, source, settings } = component;
  const files = settings.at('config', 'scrape_config_files');
  if (files.present) reader.unread.report(program.object, files.field, 'scrape jobs in further files are not analysed');
  const jobs = settings.at('config', 'scrape_configs').items();
  const discovering = jobs.map((job): Discovering => ({ name: job.get('job_name').text() ?? '', settings: job }));
  return [
    ...jobs.flatMap((config) => scrapeConnections(reader.world, reader.unread, { program, source, config })),
    ...discoveryConnections(reader, component, discovering),
    ...jobs.flatMap((job) => tokenConnections(reader, { ...component, settings: job })),
    ...allocatorConnections(reader, component),
  ];
}

/** The operator's target allocator hands out the jobs at run time. */
function allocatorConnections(reader: FlowReader, component: Component): Connection[] {
  const allocator = component.settings.get('target_allocator');
  if (!allocator.present) return [];
  const reason = 'the scrape jobs that the target allocator hands out are not analysed';
  reader.unread.report(component.program.object, allocator.field, reason);
  const tls = encryptedBy(component, allocator.get('tls'));
  return connectToUrl(reader, component, allocator.get('endpoint'), { purpose: 'discover', tls });
}
