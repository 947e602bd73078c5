import { invalid } from './errors';

/** `v1.33.4-eks-1` and `1.33` are the same minor version: the feature set. */
export function checkMinorVersion(where: string, input: string, version: string): string {
  const [, minor] = /^v?(1\.(?:0|[1-9]\d*))(?:[.\-+].*)?$/.exec(version) ?? [];
  if (minor === undefined) {
    throw invalid(where, {
      input,
      got: version,
      allowed: 'a version such as 1.33',
      fix: 'give major and minor version, in quotes: YAML reads 1.30 as 1.3',
    });
  }
  return minor;
}

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
