// Who may import whom: the picture in the design notes, as a check. All errors, no baseline.

/** Which other rooms of src/ a room may import. What is not here is forbidden. */
const mayImport = {
  consensus: [],
  wallet: ['consensus'],
  explain: ['consensus', 'wallet'],
  protocol: ['consensus'],
  light: ['consensus', 'protocol'],
  chainstate: ['consensus'],
  mempool: ['consensus', 'chainstate'],
  mining: ['consensus', 'chainstate', 'mempool'],
  network: ['consensus', 'chainstate', 'mempool', 'protocol'],
  storage: ['consensus', 'chainstate'],
  simulator: ['consensus', 'chainstate', 'mempool', 'mining', 'storage'],
  sandbox: ['consensus', 'wallet', 'protocol'],
  api: ['consensus', 'wallet', 'protocol', 'light', 'chainstate', 'mempool', 'mining', 'network', 'sandbox'],
  node: [
    ...['consensus', 'wallet', 'protocol', 'light', 'chainstate', 'mempool', 'mining', 'network'],
    ...['storage', 'sandbox', 'api'],
  ],
  cli: [
    ...['consensus', 'wallet', 'explain', 'protocol', 'light', 'chainstate', 'mempool', 'mining', 'network'],
    ...['storage', 'api', 'simulator', 'node'],
  ],
};

/** Rooms a room may name in types only (`import type`): nothing of it is there when the code runs. */
const mayImportTypes = {
  protocol: ['wallet'],
  storage: ['mempool', 'network'],
  sandbox: ['chainstate', 'mempool', 'mining', 'network'],
  api: ['storage'],
};

// A page can mine, too: kernels and the search in slices.
const browserSafe =
  '^src/((consensus|wallet|explain|protocol|light)/|mining/([a-z]+-kernel|mining-simd\\.wasm|slice-search|hash-worker-messages)\\.ts|sandbox/attack-odds\\.ts)';
const test = '\\.test\\.ts$';
const oneOf = (rooms) => `^src/(${rooms.join('|')})/`;

const arrows = Object.entries(mayImport).flatMap(([room, others]) => {
  const typesOnly = mayImportTypes[room] ?? [];
  const rules = [
    {
      name: `arrows-of-${room}`,
      comment: `src/${room} imports of src only: ${[room, ...others].join(', ')}. See "One picture" in the design.`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: test },
      to: { path: '^src/', pathNot: oneOf([room, ...others, ...typesOnly]) },
    },
  ];
  if (typesOnly.length > 0) {
    rules.push({
      name: `types-of-${room}`,
      comment: `src/${room} may name types of ${typesOnly.join(', ')}, but not run its code: use "import type".`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: test },
      to: { path: oneOf(typesOnly), dependencyTypesNot: ['type-only'] },
    });
  }
  return rules;
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'arrows-of-dashboard',
      comment: 'The page in the browser imports of src only what runs in browsers.',
      severity: 'error',
      from: { path: '^dashboard/', pathNot: test },
      to: { path: '^(src|test|bench|scripts)/', pathNot: browserSafe },
    },
    {
      name: 'nobody-imports-the-dashboard',
      comment: 'It is built by itself; the node only serves the files.',
      severity: 'error',
      from: { pathNot: ['^dashboard/', '^test/dashboard/'] },
      to: { path: '^dashboard/' },
    },
    {
      name: 'known-rooms',
      comment: 'A new folder in src/ gets its line in .dependency-cruiser.cjs, and files live in rooms.',
      severity: 'error',
      from: { path: '^src/', pathNot: oneOf(Object.keys(mayImport)) },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'node-is-the-root',
      comment:
        'node/ puts everything together, so only cli, benchmarks and tests may import it, not even for types.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(node|cli)/', test] },
      to: { path: '^src/node/' },
    },
    {
      name: 'browser-safe',
      comment:
        'consensus, wallet, explain, protocol, light and the kernels run in browsers: no Node modules.',
      severity: 'error',
      from: { path: browserSafe, pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-tests-in-sources',
      comment: 'What ships does not import tests, benchmarks or scripts.',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { path: [test, '^(test|bench|scripts)/'] },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'What ships needs its packages at run time: put them into "dependencies".',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/@types/',
      },
    },
    {
      name: 'declared-packages-only',
      comment: 'A package that is only there because another one needs it may be gone tomorrow.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      comment: 'This import leads nowhere. (secp256k1 is optional and may be absent.)',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^secp256k1$' },
    },
    {
      name: 'orphans',
      comment: 'Workers and entry points are started by path, so an unimported file proves nothing.',
      severity: 'ignore',
      from: { orphan: true },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.cache|test/vectors)/' },
    tsPreCompilationDeps: true, // sees type-only imports too
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
