/** The input is no set of Kubernetes manifests: the command line ends with exit code 2. */
export class InputError extends Error {
  public constructor(where: string, problem: string, fix: string) {
    super(`${where}: ${problem}; fix: ${fix}`);
    this.name = 'InputError';
  }
}
