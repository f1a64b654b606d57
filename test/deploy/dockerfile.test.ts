/** docker/Dockerfile, read: what an image made of it is like. (image.test.ts makes one, as far as that goes without Docker.) */
import { describe, expect, it } from 'vitest';
import { BuildContext } from '../support/build-context.ts';
import { configFrom, readText, unknownSettings } from '../support/deployment-files.ts';
import { assignments, type Instruction, parseDockerfile, type Stage } from '../support/dockerfile.ts';

const stages = parseDockerfile(readText('docker/Dockerfile'));
const runtime = stages.at(-1)!;
const manifest = JSON.parse(readText('package.json')) as { version: string; license: string };

function named(stage: Stage, name: string): Instruction[] {
  return stage.instructions.filter((instruction) => instruction.name === name);
}

function only(name: string): Instruction {
  const found = named(runtime, name);
  expect(found, `one ${name} in the last stage`).toHaveLength(1);
  return found[0]!;
}

describe('stages', () => {
  it('build, take packages, and leave both behind', () => {
    expect(stages.map(({ name }) => name)).toEqual(['build', 'packages', 'runtime']);
  });

  it('start from images of one pinned version of Node', () => {
    const versions = stages.map(({ image }) => /^node:(\d+\.\d+\.\d+)-bookworm(-slim)?$/.exec(image)?.[1]);
    expect(versions[0]).toMatch(/^\d/);
    expect(new Set(versions).size).toBe(1);
    expect(runtime.image).toMatch(/-slim$/);
  });

  it('install the packages of the lock file, for the runtime without those of development', () => {
    const installs = stages.map((stage) => named(stage, 'RUN').map(({ text }) => text));
    expect(installs[0]).toContain('npm ci --include=dev --ignore-scripts');
    // With install scripts: secp256k1 is compiled where it brings no binary.
    expect(installs[1]).toEqual(['npm ci --omit=dev --include=optional']);
    expect(installs[2]!.join()).not.toContain('npm');
  });

  it('copy what Docker can see, and fetch nothing by ADD, curl or apt-get', () => {
    const context = new BuildContext().files();
    for (const stage of stages) {
      for (const { flags, words } of named(stage, 'COPY')) {
        if (flags['from'] !== undefined) continue;
        for (const source of words.slice(0, -1)) {
          const isThere = context.some((path) => path === source || path.startsWith(`${source}/`));
          expect(isThere, source).toBe(true);
        }
      }
      // The parser refuses ADD. What comes from elsewhere comes from the lock file, with its checksum.
      for (const { text } of named(stage, 'RUN')) expect(text).not.toMatch(/\b(curl|wget|apt-get|apt|apk)\b/);
    }
  });
});

describe('runtime stage', () => {
  it('copies from stages that are there', () => {
    const from = named(runtime, 'COPY').flatMap(({ flags }) => flags['from'] ?? []);
    expect(from.sort()).toEqual(['build', 'packages']);
  });

  it('runs as a user that is not root, named by number, after everything was put in its place as root', () => {
    const { words } = only('USER');
    expect(words).toEqual(['1000:1000']);
    const order = runtime.instructions.map(({ name }) => name);
    const user = order.indexOf('USER');
    for (const name of ['COPY', 'RUN']) expect(order.lastIndexOf(name), name).toBeLessThan(user);
    for (const { flags } of named(runtime, 'COPY')) expect(flags).not.toHaveProperty('chown');
  });

  it('makes the data folder for that user before it becomes a volume', () => {
    const { DATA_DIR } = assignments(only('ENV'));
    expect(only('VOLUME').words).toEqual([DATA_DIR]);
    expect(only('RUN').text).toContain(`install -d -o 1000 -g 1000 -m 0700 ${DATA_DIR} `);
    const order = runtime.instructions.map(({ name }) => name);
    expect(order.indexOf('RUN')).toBeLessThan(order.indexOf('VOLUME'));
  });

  it('has settings that a node takes, and listens on the port that it exposes', () => {
    const env = assignments(only('ENV'));
    expect(unknownSettings(Object.keys(env))).toEqual([]);
    const loaded = configFrom(env);
    if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
    expect(loaded.config).toMatchObject({ host: '0.0.0.0', port: 8000, dataDir: '/data' });
    expect(only('EXPOSE').words).toEqual([String(loaded.config.port)]);
  });

  it('starts the node without a shell, so that signals reach it', () => {
    expect(only('ENTRYPOINT')).toMatchObject({
      isExecForm: true,
      words: ['node', '/app/bin/mini-bitcoin.js'],
    });
    expect(only('CMD')).toMatchObject({ isExecForm: true, words: ['node'] });
    expect(only('STOPSIGNAL').text).toBe('SIGTERM');
  });

  it('checks its health by the script that it contains', () => {
    const { flags, text } = only('HEALTHCHECK');
    expect(Object.keys(flags).sort()).toEqual(['interval', 'retries', 'start-period', 'timeout']);
    const [, command = ''] = /^CMD (\[.*\])$/.exec(text) ?? [];
    const [program, script] = JSON.parse(command) as string[];
    expect(program).toBe('node');
    const copied = named(runtime, 'COPY').map(({ words }) => `/app/${words.at(-1)}`);
    expect(copied).toContain(script);
  });

  it('says what it is: the version is that of the package', () => {
    const versions = named(runtime, 'ARG').map(({ text }) => text);
    expect(versions).toContain(`VERSION=${manifest.version}`);
    const labels = assignments(only('LABEL'));
    expect(labels).toMatchObject({
      'org.opencontainers.image.title': 'MiniBitcoin',
      'org.opencontainers.image.version': '${VERSION}',
      'org.opencontainers.image.licenses': manifest.license,
    });
    expect(labels['org.opencontainers.image.base.name']).toMatch(/node:\$\{NODE_VERSION\}-bookworm-slim$/);
  });
});

describe('build context', () => {
  const context = new BuildContext();

  it('holds what is copied and nothing else', () => {
    const copied = stages.flatMap((stage) =>
      named(stage, 'COPY').flatMap(({ flags, words }) =>
        flags['from'] === undefined ? words.slice(0, -1) : [],
      ),
    );
    const others = context
      .files()
      .filter((path) => !copied.some((source) => path === source || path.startsWith(`${source}/`)));
    expect(others).toEqual([]);
  });

  it.each([
    ...['.env', 'docker/.env', 'src/.env', 'src/node/.env.local', 'alice.json', 'docker/alice.json'],
    ...['.git/config', 'node_modules/pg/package.json', 'src/node_modules/x.js', 'dist/cli/main.js'],
    ...['test/support/keys.ts', 'src/node/config.test.ts', 'deploy/kubernetes/secret.yaml', 'npm-debug.log'],
  ])('leaves out %s', (path) => {
    expect(context.has(path)).toBe(false);
  });

  it.each(['package.json', 'src/node/config.ts', 'docker/healthcheck.mjs', 'scripts/ready/builds.mjs'])(
    'lets in %s',
    (path) => {
      expect(context.has(path)).toBe(true);
    },
  );

  it('brings no password of a registry', () => {
    expect(readText('.npmrc')).not.toMatch(/_auth|_password|token/i);
  });
});
