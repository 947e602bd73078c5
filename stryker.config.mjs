import jest from './jest.config.mjs';

/** Mutates what judges connections, against its own tests: `npm run mutate`, or `-- --mutate <file>` for one module. */
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['src/plan/pods/**/*.ts', 'src/plan/verdicts/**/*.ts'],
  testRunner: 'jest',
  coverageAnalysis: 'perTest',
  jest: {
    config: { ...jest, testMatch: ['<rootDir>/test/plan/verdicts/together.cjs'] },
    enableFindRelatedTests: false,
  },
  ignorePatterns: ['bench', 'dist', 'docs', 'lib', 'test/conformance'],
  // Below coverage/ everything is ignored by git, eslint and prettier already.
  tempDirName: 'coverage/stryker',
  incremental: true,
  incrementalFile: 'coverage/mutation.incremental.json',
  reporters: ['clear-text', 'html'],
  clearTextReporter: { logTests: false, allowColor: false },
  htmlReporter: { fileName: 'coverage/mutation.html' },
};
