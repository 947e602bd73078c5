import * as cdk8s from 'cdk8s';
import { join } from 'node:path';
import ts from 'typescript';
import * as telemetry from '../src';
import { type Block, blocksOf } from './docs-blocks';
import { readPage, root } from './docs-pages';

/** The page that shows the app which the fragments of all pages continue, and its cluster.yaml. */
export const START_PAGE = 'docs/how-to/README.md';

/** A block of TypeScript as a whole program. */
export interface Snippet {
  readonly name: string;
  readonly source: string;
}

/** A block that imports something is complete; any other continues the app of the start page. */
export function snippetOf(page: string, block: Block): Snippet {
  const complete = /^import /m.test(block.text);
  return { name: `${page}:${block.line}`, source: complete ? block.text : continued(block.text) };
}

export function startBlock(language: string): Block {
  const found = blocksOf(readPage(START_PAGE)).find((block) => block.language === language);
  if (!found) throw new Error(`${START_PAGE} shows no ${language}`);
  return found;
}

const IMPORTABLE = { cdk8s, 'cdk8s-telemetry': telemetry };

/**
 * What a fragment declares takes the place of what the start declares under that name; the rest comes before the end, which
 * is the enforcement and the synthesis. Classes are imported as they are needed.
 */
function continued(fragment: string): string {
  const added = statementsOf(fragment);
  const names = new Set(added.map(declares).filter((name) => name !== undefined));
  const kept = statementsOf(startBlock('ts').text).filter((statement) => !ts.isImportDeclaration(statement));
  const end = kept.findIndex((statement) => declares(statement) === ENFORCE);
  const start = kept.slice(0, end).flatMap((statement) => {
    const name = declares(statement);
    return name !== undefined && names.has(name) ? added.filter((other) => declares(other) === name) : [statement];
  });
  const rest = added.filter((statement) => !start.includes(statement));
  const last = kept.slice(end).filter((statement) => !names.has(declares(statement) ?? ''));
  const body = [...start, ...rest, ...last].map((statement) => statement.getText()).join('\n');
  return `${importsFor(body)}\n${body}\n`;
}

const ENFORCE = 'TrafficPlan.enforce';

/** A statement stands for the variable it declares; there is one enforcement only. */
function declares(statement: ts.Statement): string | undefined {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText();
  return statement.getText().startsWith(`${ENFORCE}(`) ? ENFORCE : undefined;
}

function statementsOf(source: string): ts.Statement[] {
  return [...ts.createSourceFile('fragment.ts', source, ts.ScriptTarget.ES2022, true).statements];
}

function importsFor(body: string): string {
  const used = new Set([...body.matchAll(/\b[A-Z]\w+/g)].map(([name]) => name));
  return Object.entries(IMPORTABLE)
    .map(([module, exported]) => [module, Object.keys(exported).filter((name) => used.delete(name))] as const)
    .filter(([, names]) => names.length > 0)
    .map(([module, names]) => `import { ${names.join(', ')} } from '${module}';`)
    .join('\n');
}

/** What the compiler says of each snippet; one program checks them all against the sources. */
export function typeErrors(snippets: readonly Snippet[]): Map<string, string[]> {
  const files = new Map(snippets.map(({ source }, i) => [join(root, `snippet-${i}.ts`), source]));
  const program = ts.createProgram([...files.keys()], OPTIONS, hostWith(files));
  return new Map(
    [...files.keys()].map((file, i) => {
      const source = program.getSourceFile(file);
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      const texts = found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
      return [snippets[i]?.name ?? '', texts];
    }),
  );
}

const CONFIG = ts.readConfigFile(join(__dirname, 'tsconfig.json'), (file) => ts.sys.readFile(file)).config as unknown;
const OPTIONS: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(CONFIG, ts.sys, __dirname).options,
  noUnusedLocals: false, // A fragment need not use all of the start.
};

function hostWith(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS);
  return {
    ...host,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    readFile: (file) => files.get(file) ?? host.readFile(file),
    getSourceFile: (file, target) => {
      const source = files.get(file);
      return source === undefined ? host.getSourceFile(file, target) : ts.createSourceFile(file, source, target, true);
    },
  };
}

/** Runs a snippet as `node main.js` would in the working directory. */
export function runSnippet({ source }: Snippet): void {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText } = ts.transpileModule(source, { compilerOptions });
  // A module of no file: jest loads only files, and `vm` would give it other built-in classes than the library has.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function('require', 'exports', outputText)(require, {});
}
