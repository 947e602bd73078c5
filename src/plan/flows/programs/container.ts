import { posix } from 'node:path';
import type { Container, Workload } from '../../inventory';
import type { World } from '../../world';
import { type Flag, flagsOf } from './arguments';
import { Environment } from './environment';
import { ContainerFiles } from './files';

/** A container as the program in it sees it. */
export interface Running {
  readonly workload: Workload;
  readonly container: Container;
  readonly files: ContainerFiles;
  readonly environment: Environment;
  readonly flags: readonly Flag[];
}

export function runningIn(world: World, workload: Workload, container: Container): Running {
  const environment = new Environment(world, workload, container);
  const files = new ContainerFiles(world, workload, container);
  return { workload, container, files, environment, flags: flagsOf(container, environment) };
}

export function flagValues({ flags }: Running, name: string): string[] {
  return flags.filter((flag) => flag.name === name).map(({ value }) => value);
}

/** Last part of the image's name, without registry, tag and digest: `opentelemetry-collector-contrib`. */
export function imageName({ image }: Container): string {
  const [name = ''] = (image.split('/').pop() ?? '').split(/[:@]/);
  return name;
}

/** Name of the program if the manifest gives the command; else the image starts its own. */
export function commandName({ command }: Container): string | undefined {
  return command[0] === undefined ? undefined : posix.basename(command[0]);
}

/** The image's own command line, with its default configuration, runs only if the manifest gives none. */
export function runsDefaultCommand({ command, args }: Container): boolean {
  return command.length === 0 && args.length === 0;
}
