import type { Judged } from '../verdicts/judged';

/**
 * Tells what is wrong from what is an exception: of what one setting, such as a scrape job, connects to the same target some
 * is fine, and only under a condition, such as an annotated port, it is not. Then the condition is returned.
 */
export function exceptionsAmong(
  judged: readonly Judged[],
  isBad: (one: Judged) => boolean,
): (bad: Judged) => string | undefined {
  const fine = new Set(judged.filter((one) => !isBad(one)).map(keyOf));
  return (bad) => {
    const { condition } = bad.connection;
    return condition !== undefined && fine.has(keyOf(bad)) ? condition : undefined;
  };
}

function keyOf({ flow, connection: { object, field } }: Judged): string {
  return JSON.stringify([flow.from, flow.to, object, field, flow.purpose]);
}
