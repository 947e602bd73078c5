import { COLLECTOR_IMAGE, PROMETHEUS_IMAGE } from '../../private/images';
import { partLabels } from '../../private/labels';
import type { ProgramConfig, Workload } from '../inventory';
import { fieldOf } from '../value';
import { type Found, found } from './finding';

/** Parts whose configuration this library renders, for exactly one version of the program. */
const TESTED = { 'metric-agent': COLLECTOR_IMAGE, prometheus: PROMETHEUS_IMAGE } as const;

/** A program of this library's own parts in another version than the tested one; a mirror of that one is fine. */
export function untestedImage({ workload, container }: ProgramConfig): Found[] {
  const image = testedFor(workload);
  if (image === undefined || container.image === '') return [];
  const [tested, used] = [versionOf(image), versionOf(container.image)];
  if (used === tested) return [];
  const because =
    used === undefined ? 'its version is not known' : `its version is ${used}, and the tested one is ${tested}`;
  return [
    found(
      'CT611',
      { object: workload.id, field: fieldOf(container.field, 'image') },
      {
        message: `Container ${container.name} runs ${container.image}: ${because}.`,
        fix: `Use ${image}, or a mirror of it with the tag ${tagOf(image)}.`,
      },
    ),
  ];
}

function testedFor({ labels }: Workload): string | undefined {
  const parts = Object.keys(TESTED) as (keyof typeof TESTED)[];
  const part = parts.find((candidate) => isPart(labels, candidate));
  return part && TESTED[part];
}

/** The instance is for whoever uses the library to choose. */
function isPart(labels: Workload['labels'], part: keyof typeof TESTED): boolean {
  return Object.entries(partLabels(part, ANY)).every(([key, value]) => value === ANY || labels[key] === value);
}

const ANY = '';

/** Some registries have it without the `v`. */
function versionOf(image: string): string | undefined {
  return tagOf(image)?.replace(/^v(?=\d)/, '');
}

/** Undefined with a digest alone; without both the tag is `latest`. */
function tagOf(image: string): string | undefined {
  const [name = '', digest] = image.slice(image.lastIndexOf('/') + 1).split('@');
  const tag = name.split(':')[1];
  return tag ?? (digest === undefined ? 'latest' : undefined);
}
