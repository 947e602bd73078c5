/** Whether a minor version such as `1.33` is known and not older than another. */
export function isAtLeast(version: string | undefined, than: string): boolean {
  if (version === undefined) return false;
  const [major = 0, minor = 0] = numbers(version);
  const [thanMajor = 0, thanMinor = 0] = numbers(than);
  return major > thanMajor || (major === thanMajor && minor >= thanMinor);
}

function numbers(version: string): number[] {
  return version
    .replace(/^v/, '')
    .split('.')
    .map((part) => parseInt(part, 10));
}
