// Type-aware lint. Every finding is an error: `npm run lint` allows no warnings.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const nodeGlobals = Object.fromEntries(
  [
    'console process Buffer URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal performance',
    'setTimeout clearTimeout setInterval clearInterval setImmediate queueMicrotask fetch structuredClone WebSocket',
    'SharedArrayBuffer Atomics globalThis crypto',
  ]
    .flatMap((line) => line.split(' '))
    .map((name) => [name, 'readonly']),
);

const tests = ['src/**/*.test.ts', 'dashboard/**/*.test.ts', 'test/**/*.ts'];
const browserSafe = [
  ...['consensus', 'wallet', 'explain', 'protocol', 'light'].map((room) => `src/${room}/**/*.ts`),
  // A page can mine, too: what a hashing thread needs, whatever thread it is.
  ...['*-kernel', '*.wasm', 'slice-search', 'hash-worker-messages'].map((file) => `src/mining/${file}.ts`),
];

const onlyNodeHas = [
  'Buffer',
  'process',
  'global',
  'setImmediate',
  'clearImmediate',
  '__dirname',
  '__filename',
  'require',
];
const notPure = [
  ...['Date', 'console', 'fetch', 'performance', 'crypto', 'WebSocket', 'globalThis', 'queueMicrotask'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
];
const ban = (names, message) => names.map((name) => ({ name, message }));
const banNodeGlobals = ban(onlyNodeHas, 'This room also runs in browsers, which do not have it.');
const banImpureGlobals = ban(notPure, 'Consensus is pure: the caller passes in times, numbers and bytes.');

export default defineConfig(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.cache/',
      'coverage/',
      'test/vectors/',
      'bench/results/',
      'dashboard/dist/',
      // AssemblyScript has types of its own, which its compiler checks.
      'assembly/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },

  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
      'max-lines': ['error', { max: 450, skipBlankLines: false, skipComments: false }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      // There are no enums (erasableSyntaxOnly), and to look for them takes ten seconds.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      // A switch over a union names every member. A default is no substitute: it would hide the next one.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        {
          considerDefaultExhaustiveForUnions: false,
          allowDefaultCaseForExhaustiveSwitch: true,
          requireDefaultForNonUnion: true,
        },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // `while (true)` is a fine loop.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // Ports are implemented by things that need not wait, and still answer with a promise.
      '@typescript-eslint/require-await': 'off',
      // The compiler asks for index['name'] on index signatures (noPropertyAccessFromIndexSignature).
      '@typescript-eslint/dot-notation': 'off',
      // It asks for `array[i]!`, which no-non-null-assertion forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Both say what they mean; which one reads better depends on the place.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { boolean: true, string: true } },
      ],
    },
  },

  {
    files: ['src/cli/**/*.ts', 'bench/**/*.ts', 'scripts/**', 'test/support/**/*.ts'],
    rules: { 'no-console': 'off' },
  },

  {
    files: browserSafe,
    ignores: tests,
    rules: {
      'no-restricted-globals': ['error', ...banNodeGlobals],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'This room also runs in browsers: no Node modules.' }] },
      ],
    },
  },
  {
    files: ['src/consensus/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-globals': ['error', ...banNodeGlobals, ...banImpureGlobals],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Consensus is pure: the same input, the same answer.',
        },
      ],
    },
  },

  {
    files: tests,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Tests hand in wrong types on purpose, and look into `any` from JSON.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },

  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { ecmaVersion: 2024, globals: nodeGlobals },
    rules: {
      eqeqeq: 'error',
      'no-undef': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'prefer-const': 'error',
      'max-lines': ['error', { max: 450, skipBlankLines: false, skipComments: false }],
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },
  {
    // Written for old Nodes: see the top of the file.
    files: ['bin/*.js'],
    languageOptions: { ecmaVersion: 2020 },
    rules: {
      'no-restricted-syntax': [
        'error',
        'ImportDeclaration',
        'MetaProperty',
        'ChainExpression',
        'AwaitExpression',
      ],
    },
  },
);
