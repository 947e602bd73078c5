import { Cluster } from '../cluster';
import { failures, jsonOf, markdownOf, mermaidOf, planOf } from '../plan';
import type { Acknowledgement } from '../plan/findings/acknowledge';
import { InputError } from '../plan/input-error';
import type { ManifestDocument } from '../plan/manifests/document';
import { parseManifests } from '../plan/manifests/parse';
import { diffOf } from '../plan/report/diff';
import { diffJsonOf, diffMarkdownOf, diffSummaryOf } from '../plan/report/diff-report';
import { count, summaryOf } from '../plan/report/words';
import type { Finding, Plan } from '../plan/result';
import { NO_FACTS, type PlanFacts } from '../plan/world';
import { readAcknowledgements } from './acknowledgements';
import type { Request, Settings } from './options';
import { type Sink, write, writeOutput } from './output';
import { type Bytes, readManifestFiles, type TextFile } from './text-files';

interface Streams {
  readonly stdin: Bytes;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

type PlanRequest = Extract<Request, { command: 'plan' }>;
type DiffRequest = Extract<Request, { command: 'diff' }>;

export async function runPlan(request: PlanRequest, io: Streams): Promise<number> {
  const context = await readContext(request);
  const documents = await manifestsIn(request.paths, io.stdin);
  checkFound(request.paths, documents);
  const plan = planOf(documents, context.facts, context.accepted);
  const report = { markdown: markdownOf, json: jsonOf, mermaid: mermaidOf }[request.format];
  await publish(request, io, report(plan), summaryOf(plan));
  return exitCode(request, io, plan.findings, 'finding');
}

export async function runDiff(request: DiffRequest, io: Streams): Promise<number> {
  const context = await readContext(request);
  const before = await manifestsIn([request.before], io.stdin);
  const after = await manifestsIn([request.after], io.stdin);
  checkFound([request.after], after);
  const diff = diffOf(side(request.before, before, context), side(request.after, after, context));
  const report = request.format === 'json' ? diffJsonOf : diffMarkdownOf;
  await publish(request, io, report(diff), diffSummaryOf(diff));
  return exitCode(request, io, diff.findings.appeared, 'new finding');
}

/** What is known besides the manifests. */
interface Context {
  readonly facts: PlanFacts;
  readonly accepted: readonly Acknowledgement[];
}

async function readContext({ cluster, acknowledge: file }: Settings): Promise<Context> {
  return {
    facts: cluster === undefined ? NO_FACTS : readFacts(cluster),
    accepted: file === undefined ? [] : await readAcknowledgements(file),
  };
}

function readFacts(path: string): PlanFacts {
  try {
    return Cluster.fromFile(path)._facts;
  } catch (error) {
    // Its refusals name file, key and fix.
    const [problem = '', fix = 'see docs/cluster.md'] = (error as Error).message.split('; fix: ');
    throw new InputError('--cluster', problem, fix);
  }
}

async function manifestsIn(paths: readonly string[], stdin: Bytes): Promise<ManifestDocument[]> {
  const files = await readManifestFiles(paths, stdin);
  return files.flatMap(({ name, text }: TextFile) => parseManifests(name, text));
}

/** A wrong folder must not pass for one without problems. */
function checkFound(paths: readonly string[], documents: readonly ManifestDocument[]): void {
  if (documents.length > 0) return;
  throw new InputError(paths.join(' '), 'no Kubernetes manifests found', 'name rendered .yaml, .yml or .json files');
}

/** An object without a name is told by its place, which must not differ only because the two folders do. */
function side(root: string, documents: readonly ManifestDocument[], { facts, accepted }: Context): Plan {
  const below = ({ where, raw }: ManifestDocument): ManifestDocument => ({
    where: where.startsWith(root) ? where.slice(root.length).replace(/^[/, ]+/, '') : where,
    raw,
  });
  try {
    return planOf(documents.map(below), facts, accepted);
  } catch (error) {
    if (error instanceof InputError) error.message = `${root}: ${error.message}`;
    throw error;
  }
}

async function publish({ output }: Settings, { stdout }: Streams, report: string, summary: string): Promise<void> {
  if (output !== undefined) await writeOutput(output, report);
  await write(stdout, output === undefined ? report : `${summary}\n`);
}

async function exitCode(
  { failOn }: Settings,
  io: Streams,
  findings: readonly Finding[],
  what: string,
): Promise<number> {
  const failing = failOn === 'never' ? [] : failures({ findings }, failOn);
  if (failing.length === 0) return 0;
  await write(io.stderr, `cdk8s-telemetry: ${count(failing.length, what)} of severity ${failOn} or above\n`);
  return 1;
}
