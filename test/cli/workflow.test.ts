import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { parse } from 'yaml';
import { parseRequest } from '../../src/cli/options';

interface Job {
  readonly permissions: Record<string, string>;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: Record<string, string> }[];
}

const workflow = parse(readFileSync(join(__dirname, '../../examples/workflows/traffic-plan.yml'), 'utf8')) as {
  readonly on: string;
  readonly permissions: object;
  readonly jobs: Record<'diff' | 'comment', Job>;
};
const { diff, comment } = workflow.jobs;
const steps = [...diff.steps, ...comment.steps];
const scripts = steps.flatMap(({ run }) => run ?? []);
const script = comment.steps.find((step) => step.with?.script !== undefined)?.with?.script ?? '';

test('what runs code of the pull request may only read; what may comment runs none', () => {
  expect(workflow.on).toBe('pull_request');
  expect(workflow.permissions).toEqual({});
  expect(diff.permissions).toEqual({ contents: 'read' });
  expect(comment.permissions).toEqual({ 'pull-requests': 'write' });
  expect(comment.steps.filter(({ run, uses }) => run !== undefined || uses?.includes('checkout'))).toEqual([]);
});

test('nothing is pasted into a script, and every action has a version', () => {
  for (const text of [...scripts, script]) expect(text).not.toContain('${{');
  for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@v\d+$/);
});

test('its shell is a shell', () => {
  for (const text of scripts) execFileSync('bash', ['-n', '-c', text]);
});

test('its command line is one of ours', () => {
  const [command = ''] = /(?<=cdk8s-telemetry ).*(?= \|\|)/.exec(scripts.join('\n')) ?? [];
  expect(parseRequest(command.split(' '))).toEqual({
    command: 'diff',
    before: '../base/dist',
    after: 'dist',
    format: 'markdown',
    failOn: 'error',
    cluster: 'cluster.yaml',
    oldCluster: '../base/cluster.yaml',
    output: '../traffic.md',
  });
});

describe('the comment', () => {
  const MARKER = '<!-- cdk8s-telemetry: traffic plan -->';

  async function posted(report: string, comments: readonly object[]): Promise<Record<string, unknown>[]> {
    const calls: Record<string, unknown>[] = [];
    const call = (name: string) => (parameters: object) => calls.push({ name, ...parameters });
    const issues = { createComment: call('create'), updateComment: call('update'), listComments: 'list' };
    await (runInNewContext(`(async () => { ${script} })()`, {
      require: () => ({ readFileSync: () => report }),
      context: { repo: { owner: 'o', repo: 'r' }, serverUrl: 'https://github.example', runId: 7, issue: { number: 5 } },
      github: { paginate: () => comments, rest: { issues } },
    }) as Promise<void>);
    return calls;
  }

  test('is made once and then kept up to date', async () => {
    const body = `${MARKER}\n## Traffic plan\n\nNo change.`;
    expect(await posted('No change.', [])).toEqual([{ name: 'create', owner: 'o', repo: 'r', issue_number: 5, body }]);
    const ours = { id: 3, user: { login: 'github-actions[bot]' }, body: `${MARKER}\nold` };
    expect(await posted('No change.', [ours])).toEqual([
      { name: 'update', owner: 'o', repo: 'r', comment_id: 3, body },
    ]);
  });

  test('of somebody else is left alone', async () => {
    const others = [
      { id: 1, user: { login: 'octocat' }, body: `${MARKER} mine` },
      { id: 2, user: { login: 'github-actions[bot]' }, body: 'coverage' },
      { id: 3, user: null },
    ];
    expect((await posted('No change.', others)).map(({ name }) => name)).toEqual(['create']);
  });

  test('that would be too long is the summary with a link', async () => {
    const [{ body = '' } = {}] = await posted(`1 connection.\n${'x'.repeat(70_000)}`, []);
    expect(body).toBe(
      `${MARKER}\n## Traffic plan\n\n1 connection.\n\nToo long for a comment: see the ` +
        '[summary of the run](https://github.example/o/r/actions/runs/7).',
    );
  });
});
