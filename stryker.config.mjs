import jest from './jest.config.mjs';

/**
 * Changes what judges connections, one expression at a time, and runs its tests: see CONTRIBUTING.md.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: ['src/plan/pods/**/*.ts', 'src/plan/verdicts/**/*.ts'],
  testRunner: 'jest',
  coverageAnalysis: 'perTest',
  jest: {
    config: { ...jest, testMatch: ['<rootDir>/test/plan/verdicts/together.cjs'] },
    enableFindRelatedTests: false,
  },
  thresholds: { high: 97, low: 96, break: 96 },
  ignorePatterns: ['bench', 'dist', 'docs', 'lib', 'test/conformance'],
  // Below coverage/ everything is ignored by git, eslint and prettier already.
  tempDirName: 'coverage/stryker',
  reporters: ['clear-text', 'html'],
  clearTextReporter: { logTests: false, allowColor: false },
  htmlReporter: { fileName: 'coverage/mutation.html' },
};
