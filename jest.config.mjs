/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'test/tsconfig.json' }] },
  moduleNameMapper: { '^cdk8s-telemetry$': '<rootDir>/src' },
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
};
