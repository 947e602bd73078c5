import { HELP } from '../../../src/cli/help';
import type { Outcome } from '../command';
import type { Input } from './inputs';
import { controlCharacters, jsonFaults, markdownFaults, mermaidFaults } from './reports';

/** Everything that is promised about a run, whatever the input: the faults that were found. */
export function faultsOf(input: Input, outcome: Outcome): string[] {
  const { code, stdout, stderr } = outcome;
  switch (code) {
    case 0:
      return [...unless(stderr === '', `it works and says: ${stderr}`), ...reportFaults(input, stdout)];
    case 1:
      return [...unless(FAILING.test(stderr), `it fails and says: ${stderr}`), ...reportFaults(input, stdout)];
    case 2:
      return [...unless(stdout === '', `a report in spite of: ${stderr}`), ...refusalFaults(input, stderr)];
    default:
      return [`exit code ${code}`];
  }
}

const FAILING = /^cdk8s-telemetry: \d+ (new )?findings? of severity (error|warning|info) or above\n$/;
const LONGEST = 2_000;

function refusalFaults({ files, argv }: Input, message: string): string[] {
  const [, place = '', rest = ''] = /^cdk8s-telemetry: (.*?): (.*)$/s.exec(message) ?? [];
  const words = argv.flatMap((word) => [word, word.slice(2), word.slice(word.indexOf('=') + 1)]); // -f, -fjson, --format=json
  const named = ['stdin', 'command', 'options', 'plan', 'diff', '-', ...Object.keys(files), ...words, ...OPTIONS];
  const clean = (text: string) =>
    text
      .trim()
      .replace(/[\s\p{C}\uFFFD]+/gu, '_')
      .slice(0, 50);
  const names = [...named.map((name) => clean(name.split(': ')[0] ?? '')), '"'];
  // What lies in the current folder is named without it.
  const isNamed = argv.includes('.') || names.some((name) => name !== '' && clean(place).startsWith(name));
  return [
    ...unless(message.split('\n').length === 2 && message.endsWith('\n'), 'not one line'),
    ...unless(
      !/internal error|\n {4}at |\bundefined\b|\[object |TypeError|RangeError/.test(message),
      'our own mistake',
    ),
    ...unless(/.; fix: .+\n$/.test(message), 'no fix'),
    ...unless(message.length <= LONGEST, 'too long'),
    ...unless(isNamed, 'no place'),
    ...unless(
      !place.startsWith('--cluster') || rest.startsWith('cluster.yaml: ') || !('cluster.yaml' in files),
      'no file',
    ),
    ...controlCharacters(message),
  ].map((fault) => `${fault}: ${message.slice(0, LONGEST)}`);
}

const OPTIONS = ['--cluster', '--old-cluster', '--acknowledge', '--format', '--output', '--fail-on'];

function reportFaults({ argv }: Input, report: string): string[] {
  if (isShort(argv, report)) return controlCharacters(report);
  const format = formatOf(argv);
  if (format === 'json') return jsonFaults(report);
  return format === 'mermaid' ? mermaidFaults(report) : markdownFaults(report);
}

/** The last one counts. */
function formatOf(argv: readonly string[]): string | undefined {
  const formats = argv.flatMap((word, i) => {
    if (word === '--format' || word === '-f') return argv[i + 1] ?? [];
    return /^(?:-f|--format=)(\w+)$/.exec(word)?.[1] ?? [];
  });
  return formats.at(-1);
}

/** Help, a version, a summary, or the answer of a command that plans nothing. */
function isShort(argv: readonly string[], report: string): boolean {
  const plans = argv.includes('plan') || argv.includes('diff');
  const isHelp = report === HELP || /^\d+\.\d+\.\d+\n$/.test(report);
  return !plans || isHelp || argv.some((word) => /^(-o|--output)/.test(word));
}

function unless(condition: boolean, fault: string): string[] {
  return condition ? [] : [fault];
}
