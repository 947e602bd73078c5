import { isAtLeast } from '../../private/versions';
import type { ProgramConfig } from '../inventory';
import { fieldOf, type Value } from '../value';
import { type Reference, extensionReferences, pipelineReferences } from './collector-references';
import { type Found, found } from './finding';

/** Components of a collector that are missing, idle, or called by an old name. */
export function collectorComponents(program: ProgramConfig): Found[] {
  const { root } = program;
  const pipelines = pipelineReferences(root);
  const extensions = extensionReferences(root);
  const started = new Set(root.at('service', 'extensions').texts());
  return [
    ...undefinedIn(program, pipelines),
    ...undefinedIn(program, extensions),
    ...extensions.flatMap((reference) => notStarted(program, reference, started)),
    ...idleExtensions(program, started, extensions),
    ...idleComponents(program, pipelines),
    ...oldNames(program),
  ];
}

function undefinedIn(program: ProgramConfig, references: readonly Reference[]): Found[] {
  return references
    .filter(({ groups, id }) => !groups.some((group) => isDefined(program.root, group, id)))
    .map(({ id, field, groups: [group = 'extensions'] }) =>
      found(
        'CT601',
        { object: program.object, field },
        {
          message: `${field.split('.').slice(-1).join('')} names ${id}, which ${group} does not configure: the collector does not start.`,
          fix: `Add ${fieldOf(group, id)} to the configuration, or write the name of a component that it has.`,
        },
      ),
    );
}

function isDefined(root: Value, group: string, id: string): boolean {
  return root.get(group).keys().includes(id);
}

/** `otelcol validate` does not find it. */
function notStarted(program: ProgramConfig, { id, field }: Reference, started: ReadonlySet<string>): Found[] {
  if (started.has(id) || !isDefined(program.root, 'extensions', id)) return [];
  return [
    found(
      'CT602',
      { object: program.object, field },
      {
        message: `Extension ${id} is used here, but service.extensions does not list it: the collector does not start.`,
        fix: `Add ${id} to service.extensions.`,
      },
    ),
  ];
}

function idleExtensions(program: ProgramConfig, started: ReadonlySet<string>, used: readonly Reference[]): Found[] {
  return program.root
    .get('extensions')
    .entries()
    .filter(([id]) => !started.has(id) && !used.some((reference) => reference.id === id))
    .map(([id, { field }]) =>
      found(
        'CT603',
        { object: program.object, field },
        {
          message: `Extension ${id} is configured, but service.extensions does not list it: it does not run.`,
          fix: `Add ${id} to service.extensions, or remove it.`,
        },
      ),
    );
}

function idleComponents(program: ProgramConfig, used: readonly Reference[]): Found[] {
  const named = new Set(used.flatMap(({ groups, id }) => groups.map((group) => fieldOf(group, id))));
  return ['receivers', 'processors', 'exporters', 'connectors'].flatMap((group) =>
    program.root
      .get(group)
      .entries()
      .filter(([id]) => !named.has(fieldOf(group, id)))
      .map(([id, { field }]) =>
        found(
          'CT604',
          { object: program.object, field },
          {
            message: `${group.replace(/s$/, '')} ${id} is in no pipeline: the collector does not create it.`,
            fix: `Add ${id} to a pipeline, or remove it.`,
          },
        ),
      ),
  );
}

/** New names since 0.157; receivers keep `otlp`. */
const NEW_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  receivers: { kubeletstats: 'kubelet_stats' },
  processors: { k8sattributes: 'k8s_attributes', cumulativetodelta: 'cumulative_to_delta' },
  exporters: { otlp: 'otlp_grpc', otlphttp: 'otlp_http', prometheusremotewrite: 'prometheus_remote_write' },
};

function oldNames(program: ProgramConfig): Found[] {
  if (!isAtLeast(versionOf(program), '0.157')) return [];
  return Object.entries(NEW_NAMES).flatMap(([group, names]) =>
    program.root
      .get(group)
      .entries()
      .flatMap(([id, { field }]) => {
        const [type = '', ...name] = id.split('/');
        const renamed = Object.hasOwn(names, type) ? names[type] : undefined;
        if (renamed === undefined) return [];
        return [
          found(
            'CT605',
            { object: program.object, field },
            {
              message: `${type} is the old name of ${renamed}.`,
              fix: `Write ${[renamed, ...name].join('/')} instead of ${id}, here and in service.`,
            },
          ),
        ];
      }),
  );
}

/** Distributions of the project carry the collector's version as their tag. */
function versionOf({ container: { image } }: ProgramConfig): string | undefined {
  return /opentelemetry-collector[\w-]*:v?(\d+\.\d+)/.exec(image)?.[1];
}
