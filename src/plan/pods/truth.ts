/** An answer that may be missing: nothing unknown ever counts as yes or as no. */
export type Truth = 'yes' | 'no' | 'unknown';

export function truthOf(value: boolean): Truth {
  return value ? 'yes' : 'no';
}

export function not(truth: Truth): Truth {
  if (truth === 'unknown') return truth;
  return truth === 'yes' ? 'no' : 'yes';
}

/** Yes when all are, no as soon as one is. */
export function and(...truths: readonly Truth[]): Truth {
  if (truths.includes('no')) return 'no';
  return truths.includes('unknown') ? 'unknown' : 'yes';
}

/** Yes as soon as one is, no when all are. */
export function or(...truths: readonly Truth[]): Truth {
  if (truths.includes('yes')) return 'yes';
  return truths.includes('unknown') ? 'unknown' : 'no';
}
