import { failures, jsonOf, markdownOf, mermaidOf, planOf } from '../plan';
import type { Acknowledgement } from '../plan/findings/acknowledge';
import { InputError } from '../plan/input-error';
import type { ManifestDocument } from '../plan/manifests/document';
import { parseManifests } from '../plan/manifests/parse';
import { diffOf } from '../plan/report/diff';
import { diffJsonOf, diffMarkdownOf, diffSummaryOf } from '../plan/report/diff-report';
import { count, summaryOf } from '../plan/report/words';
import type { Finding, Plan } from '../plan/result';
import { readAcknowledgements } from './acknowledgements';
import { readFacts } from './facts';
import type { Request, Settings } from './options';
import { type Streams, write, writeOutput } from './output';
import { type Bytes, readManifestFiles, STDIN, type TextFile } from './text-files';

type PlanRequest = Extract<Request, { command: 'plan' }>;
type DiffRequest = Extract<Request, { command: 'diff' }>;

export async function runPlan(request: PlanRequest, io: Streams): Promise<number> {
  const facts = await readFacts('--cluster', request.cluster);
  const accepted = await readAccepted(request);
  const documents = await manifestsIn(request.paths, io.stdin);
  checkFound(request.paths, documents);
  const plan = planOf(documents, facts, accepted);
  const report = { markdown: markdownOf, json: jsonOf, mermaid: mermaidOf }[request.format];
  await publish(request, io, report(plan), summaryOf(plan));
  return exitCode(request, io, plan.findings, 'finding');
}

export async function runDiff(request: DiffRequest, io: Streams): Promise<number> {
  const facts = await readFacts('--cluster', request.cluster);
  const oldFacts = request.oldCluster === undefined ? facts : await readFacts('--old-cluster', request.oldCluster);
  const accepted = await readAccepted(request);
  const before = await manifestsIn([request.before], io.stdin);
  const after = await manifestsIn([request.after], io.stdin);
  checkFound([request.after], after);
  const old = side(request.before, before, (documents) => planOf(documents, oldFacts, accepted));
  const now = side(request.after, after, (documents) => planOf(documents, facts, accepted));
  const diff = diffOf(old, now);
  const report = request.format === 'json' ? diffJsonOf : diffMarkdownOf;
  await publish(request, io, report(diff), diffSummaryOf(diff));
  return exitCode(request, io, diff.findings.appeared, 'new finding');
}

async function readAccepted({ acknowledge: file }: Settings): Promise<readonly Acknowledgement[]> {
  return file === undefined ? [] : readAcknowledgements(file);
}

async function manifestsIn(paths: readonly string[], stdin: Bytes): Promise<ManifestDocument[]> {
  const files = await readManifestFiles(paths, stdin);
  return files.flatMap(({ name, text }: TextFile) => parseManifests(name, text));
}

/** A wrong folder must not pass for one without problems. */
function checkFound(paths: readonly string[], documents: readonly ManifestDocument[]): void {
  if (documents.length > 0) return;
  const fix = paths.includes(STDIN) ? 'pipe rendered manifests into it' : 'name rendered .yaml, .yml or .json files';
  throw new InputError(paths.join(' '), 'no Kubernetes manifests found', fix);
}

/** An object without a name is told by its place, which must not differ only because the two folders do. */
function side(
  root: string,
  documents: readonly ManifestDocument[],
  plan: (documents: readonly ManifestDocument[]) => Plan,
): Plan {
  const below = ({ where, raw }: ManifestDocument): ManifestDocument => ({
    where: where.startsWith(root) ? where.slice(root.length).replace(/^[/, ]+/, '') : where,
    raw,
  });
  try {
    return plan(documents.map(below));
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
