/** The known word that was probably meant, whatever its capitals; undefined when none is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const [best] = known
    .map((candidate) => ({ candidate, edits: edits(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits: needed }) => needed <= candidate.length / 3)
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate;
}

/** Longer words are no typing errors. */
const LONGEST = 40;

/** Levenshtein distance: letters to insert, remove or replace. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const letter of a) {
    const [first = 0] = row;
    const next = [first + 1];
    for (let i = 1; i <= b.length; i++) {
      const replaced = row[i - 1]! + (letter === b[i - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[i]! + 1, next[i - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
