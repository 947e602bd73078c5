/** As Go's `strconv.ParseBool`; undefined for everything that it refuses. */
export function parseBool(text: string | undefined): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)$/.test(text ?? '')) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(text ?? '') ? false : undefined;
}
