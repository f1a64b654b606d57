/** docker/docker-compose.yml and docker/compose.monitoring.yml: what they start, how it is reached, what it may do. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseMount, readCompose } from '../support/compose.ts';
import {
  composeVariables,
  configFrom,
  readEnvFile,
  readText,
  ROOT,
  unknownSettings,
} from '../support/deployment-files.ts';

const NODES_FILE = 'docker/docker-compose.yml';
const MONITORING_FILE = 'docker/compose.monitoring.yml';
const FILES = [NODES_FILE, MONITORING_FILE];

const project = readCompose(FILES);
const services = Object.entries(project.services);
const nodes = services.filter(([, { build }]) => build !== undefined);
const nodeNames = ['node1', 'node2', 'node3'];
const { version } = JSON.parse(readText('package.json')) as { version: string };

function configOf(name: string): ReturnType<typeof configFrom> {
  // The image's variables are there as well.
  return configFrom({
    NODE_HOST: '0.0.0.0',
    DATA_DIR: '/data',
    ...project.services[name]!.environment,
  });
}

describe('every service', () => {
  it.each(services)('%s is of a pinned version', (_, { image, build, pull_policy }) => {
    if (build === undefined) {
      expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.]+)?$/);
    } else {
      expect(image).toBe(`mini-bitcoin:${version}`);
      // A registry may have somebody else's image of that name.
      expect(pull_policy).toBe('build');
    }
  });

  it.each(services)('%s is reached from this machine only, if at all', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d{4}:\d{4}$/);
  });

  it.each(services)('%s has no rights that it does not need', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service.cap_add ?? []).toEqual([]);
    expect(service.privileged ?? false).toBe(false);
    // Those of others do not run as root by themselves; PostgreSQL's would begin as root.
    if (service.image.startsWith('postgres:')) expect(service.user).toBe('postgres');
    else expect(service.user ?? '').not.toMatch(/^(root|0)\b/);
  });

  it.each(services)('%s is limited, watched, started again and given time to end', (_, service) => {
    const { limits } = service.deploy.resources;
    expect(Number(limits.cpus)).toBeGreaterThan(0);
    expect(limits.memory).toMatch(/^\d+M$/);
    expect(limits.pids).toBeGreaterThan(0);
    expect(service.restart).toBe('unless-stopped');
    expect(service.healthcheck.test[0], 'no shell').toBe('CMD');
    expect(service.healthcheck.retries).toBeGreaterThan(0);
    for (const time of ['interval', 'timeout', 'start_period'] as const)
      expect(service.healthcheck[time]).toMatch(/^\d+s$/);
    expect(service.stop_grace_period).toMatch(/^\d\ds$/);
    expect(service.logging.options['max-size']).toBe('10m');
  });

  it.each(services)('%s uses networks, volumes, files and services that are there', (_, service) => {
    for (const network of service.networks) expect(project.networks).toHaveProperty(network);
    for (const volume of service.volumes ?? []) {
      const { source, isPath, mode } = parseMount(volume);
      if (isPath) {
        expect(existsSync(join(ROOT, 'docker', source)), source).toBe(true);
        expect(mode, 'our files are not theirs to change').toBe('ro');
      } else {
        expect(project.volumes).toHaveProperty(source);
      }
    }
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(project.services).toHaveProperty(name);
      expect(condition).toBe('service_healthy');
    }
  });

  it('publishes a port of its own', () => {
    const ports = services.flatMap(([, service]) => service.ports?.map((port) => port.split(':')[1]) ?? []);
    expect(ports.sort()).toEqual(['3000', '8001', '8002', '8003', '9090']);
  });
});

it('every volume and network is used', () => {
  const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((text) => parseMount(text).source));
  for (const name of Object.keys(project.volumes)) expect(mounted).toContain(name);
  const joined = services.flatMap(([, { networks }]) => networks);
  for (const name of Object.keys(project.networks)) expect(joined).toContain(name);
});

describe('nodes', () => {
  it('are three, built from the Dockerfile that is there', () => {
    expect(nodes.map(([name]) => name)).toEqual(nodeNames);
    for (const [, { build }] of nodes) {
      expect(build).toEqual({ context: '..', dockerfile: 'docker/Dockerfile' });
      expect(existsSync(join(ROOT, 'docker', build!.context, build!.dockerfile))).toBe(true);
    }
  });

  it.each(nodeNames)('%s has settings that a node knows', (name) => {
    expect(unknownSettings(Object.keys(project.services[name]!.environment!))).toEqual([]);
  });

  it.each(nodeNames)('%s has settings that a node takes', (name) => {
    const loaded = configOf(name);
    if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
    expect(loaded.config).toMatchObject({ nodeName: name, port: 8000, adminAccess: 'token' });
    expect(loaded.config.apiToken).toBe(project.services[name]!.environment!['MINI_BITCOIN_TOKEN']);
  });

  it.each(nodeNames)('%s is called by its service name, and calls both others by theirs', (name) => {
    const { PUBLIC_URL, BOOTSTRAP_PEERS } = project.services[name]!.environment!;
    expect(PUBLIC_URL).toBe(`http://${name}:8000`);
    const others = nodeNames.filter((other) => other !== name).map((other) => `http://${other}:8000`);
    expect(BOOTSTRAP_PEERS!.split(',')).toEqual(others);
    expect(project.services[name]!.ports).toEqual([`127.0.0.1:${8000 + Number(name.slice(4))}:8000`]);
  });

  it('have the same chain parameters', () => {
    const params = nodeNames.map((name) => {
      const loaded = configOf(name);
      return loaded.ok ? loaded.config.params : loaded.mistakes;
    });
    expect(params[1]).toEqual(params[0]);
    expect(params[2]).toEqual(params[0]);
  });

  it('wait for the database, and are the only ones on its network, which leads nowhere else', () => {
    for (const [, { depends_on, networks }] of nodes) {
      expect(depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
      expect(networks).toEqual(['peers', 'database']);
    }
    expect(project.networks['database']).toEqual({ internal: true });
    const onIt = services.filter(([, { networks }]) => networks.includes('database'));
    expect(onIt.map(([name]) => name)).toEqual(['postgres', ...nodeNames]);
    expect(project.services['postgres']!.networks).toEqual(['database']);
    expect(project.services['postgres']!.ports).toBeUndefined();
  });

  it('check their health by the script of the image', () => {
    for (const [, { healthcheck }] of nodes)
      expect(healthcheck.test.slice(1)).toEqual(['node', '/app/docker/healthcheck.mjs']);
    expect(readText('docker/Dockerfile')).toContain('CMD ["node", "/app/docker/healthcheck.mjs"]');
  });
});

describe('variables', () => {
  const used = FILES.flatMap((path) => composeVariables(readText(path)));
  const example = readEnvFile('docker/.env.example');

  it('all have a default, the same everywhere', () => {
    for (const { name, fallback } of used) {
      expect(fallback, name).toBeDefined();
      expect(fallback, name).toBe(used.find((other) => other.name === name)?.fallback);
    }
  });

  it('are those of docker/.env.example, which has the defaults', () => {
    const defaults = Object.fromEntries(used.map(({ name, fallback }) => [name, fallback]));
    expect(example).toEqual(defaults);
  });

  it('are explained in docs/docker.md', () => {
    const text = readText('docs/docker.md');
    for (const { name } of used) expect(text).toContain(`\`${name}\``);
  });

  it('reach the nodes when they are set', () => {
    const values = {
      ...{ API_TOKEN: 'a-secret-of-enough-letters', DATABASE_PASSWORD: 'other', MINING_THREADS: '2' },
      ...{ LOG_LEVEL: 'debug', DEFAULT_TARGET: `0x0${'f'.repeat(63)}`, RETARGET_INTERVAL: '0' },
      ...{ TARGET_BLOCK_TIME: '5', COINBASE_MATURITY: '3' },
    };
    const changed = readCompose([NODES_FILE], values);
    const loaded = configFrom(changed.services['node2']!.environment!);
    expect(loaded).toMatchObject({
      ok: true,
      config: {
        databaseUrl: 'postgresql://mini_bitcoin:other@postgres:5432/node2',
        apiToken: values.API_TOKEN,
        miningThreads: 2,
        logLevel: 'debug',
        params: { retargetInterval: 0, targetBlockTimeS: 5, coinbaseMaturity: 3 },
      },
    });
  });

  it('are never in the repository: docker/.env is ignored', () => {
    expect(readText('.gitignore').split('\n')).toContain('.env');
  });
});

const composeIsHere = spawnSync('docker', ['compose', 'version']).status === 0;

it(
  composeIsHere
    ? 'docker compose takes the files together'
    : 'the files go together (read by us: docker compose is not installed here)',
  () => {
    expect(Object.keys(project.services)).toEqual([
      ...['postgres', 'node1', 'node2', 'node3', 'prometheus', 'grafana'],
    ]);
    if (!composeIsHere) return;
    const words = ['compose', ...FILES.flatMap((path) => ['-f', path]), 'config', '--services'];
    const { status, stdout, stderr } = spawnSync('docker', words, { cwd: ROOT, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stdout.trim().split('\n').sort()).toEqual(Object.keys(project.services).sort());
  },
);
