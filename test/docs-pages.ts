import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(__dirname, '..');
const SKIPPED = ['node_modules', 'lib', 'dist', '.git', 'goldens'];

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.includes(entry.name) ? [] : pagesIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Every page of the repository. */
export const pages = pagesIn('');

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');
