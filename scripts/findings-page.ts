import { type Code, CODES } from '../src/plan/findings/catalogue';
import { explanationOf, overviewLine } from '../src/plan/findings/explanation';

const CHAPTERS: readonly { readonly prefix: string; readonly title: string }[] = [
  { prefix: 'CT1', title: 'Interception and ports' },
  { prefix: 'CT2', title: 'Certificates and TLS' },
  { prefix: 'CT3', title: 'Injection and start of the pod' },
  { prefix: 'CT4', title: 'NetworkPolicy and reach' },
  { prefix: 'CT5', title: 'Connections that fail or are not known' },
  { prefix: 'CT6', title: 'Programs, alerts and credentials' },
  { prefix: 'CT9', title: 'The plan itself' },
];

const INTRODUCTION = `# Findings of the traffic plan

<!-- Written by scripts/findings-page.ts from the catalogue. After a change: npx jest test/findings-page -u -->
<!-- prettier-ignore-start -->

Each finding of \`TrafficPlan\` and of \`cdk8s-telemetry plan\` has a code. Codes are stable: an acknowledgement names one, and a code
never changes its meaning. An **error** means that something does not work or that a credential is open; a **warning** that it
works less well or less safely than it looks; an **info** is worth knowing. What holds only under a condition is one severity milder,
and the message ends with the condition.

What the plan does not know is never a finding by itself: such connections are _unknown_ in the plan, with the condition in words.`;

/** `docs/findings.md`: what each code means, why it matters and how to fix it. */
export function findingsPage(): string {
  const chapters = CHAPTERS.map(({ prefix, title }) => ({ title, codes: codesOf(prefix) }));
  return `${[INTRODUCTION, ...chapters.flatMap(chapter), '<!-- prettier-ignore-end -->'].join('\n\n')}\n`;
}

function codesOf(prefix: string): Code[] {
  return CODES.filter((code) => code.startsWith(prefix));
}

function chapter({ title, codes }: { readonly title: string; readonly codes: readonly Code[] }): string[] {
  const overview = codes.map((code) => `- ${overviewLine(code, `[${code}](#${anchor(code)})`)}`);
  return [`## ${title}`, overview.join('\n'), ...codes.flatMap(section)];
}

function section(code: Code): string[] {
  const [heading = '', ...paragraphs] = explanationOf(code);
  return [`<a id="${anchor(code)}"></a>`, `### ${heading}`, ...paragraphs];
}

/** The fragment of a link to the code. */
export function anchor(code: string): string {
  return code.toLowerCase();
}
