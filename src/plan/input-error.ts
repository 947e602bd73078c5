/** An option or an input is wrong: the command line prints the message and ends with exit code 2. */
export class InputError extends Error {
  public constructor(where: string, problem: string, fix: string) {
    super(
      `${shortened(where.trim() === '' ? JSON.stringify(where) : where)}: ${shortened(problem)}; fix: ${shortened(fix)}`,
    );
    this.name = 'InputError';
  }
}

const LONGEST = 300;

/** A long name must not push the fix out of sight; the end of a path says more than its middle. */
function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST / 2)}…${text.slice(-LONGEST / 2)}` : text;
}
