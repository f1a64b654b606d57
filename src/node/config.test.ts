import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_PARAMS } from '../consensus/index.ts';
import { CONFIG_OPTIONS } from './config-options.ts';
import { loadConfig } from './config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mini-bitcoin-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const load = (env: Record<string, string> = {}, flags: Record<string, string> = {}) =>
  loadConfig({ env, flags, cwd: folder });

function configOf(loaded: ReturnType<typeof load>) {
  if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
  return loaded.config;
}

describe('configuration', () => {
  it('needs nothing', () => {
    const config = configOf(load());
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8000,
      databaseUrl: 'pglite:',
      adminAccess: 'loopback',
    });
    expect(config.params).toEqual(DEFAULT_PARAMS);
  });

  it('prefers flags to the environment, and the environment to .env', () => {
    writeFileSync(join(folder, '.env'), 'NODE_PORT=1001\nNODE_NAME=from-file\nNODE_HOST=::1\n');
    const config = configOf(load({ NODE_PORT: '1002', NODE_NAME: 'from-env' }, { port: '1003' }));
    expect(config).toMatchObject({ port: 1003, nodeName: 'from-env', host: '::1' });
    rmSync(join(folder, '.env'));
  });

  it('takes an empty variable for none, as compose files pass them', () => {
    expect(configOf(load({ NODE_PORT: '', API_TOKEN: '' })).port).toBe(8000);
  });

  it('reads the forms that people write', () => {
    const config = configOf(
      load({
        DEFAULT_TARGET: '0X00FF',
        BLOCK_REWARD: '5_000_000_000',
        BOOTSTRAP_PEERS: 'http://127.0.0.1:8001, https://peer.example ,',
        LOG_LEVEL: 'INFO',
        DATABASE_URL: 'postgresql+psycopg2://u:p@localhost:5432/chain',
        MINING_THREADS: '3',
      }),
    );
    expect(config.params.defaultTarget).toBe(255n);
    expect(config.bootstrapPeers).toEqual(['http://127.0.0.1:8001', 'https://peer.example']);
    expect(config).toMatchObject({
      logLevel: 'info',
      databaseUrl: 'postgresql://u:p@localhost:5432/chain',
      miningThreads: 3,
    });
  });

  it('names every mistake with what is expected, and no secret', () => {
    const loaded = load(
      {
        NODE_PORT: '70000',
        DEFAULT_TARGET: 'easy',
        RETARGET_INTERVAL: '1',
        DATABASE_URL: 'mysql://user:hunter2@host/db',
        ADMIN_ACCESS: 'token',
        API_TOKEN: 'too-short',
        BOOTSTRAP_PEERS: 'nowhere',
      },
      { 'log-level': 'loud' },
    );
    if (loaded.ok) throw new Error('should be refused');
    for (const name of [
      'NODE_PORT',
      'DEFAULT_TARGET',
      'RETARGET_INTERVAL',
      'DATABASE_URL',
      'API_TOKEN',
      'BOOTSTRAP_PEERS',
      '--log-level=loud',
    ]) {
      expect(loaded.mistakes.join('\n')).toContain(name);
    }
    expect(loaded.mistakes.join('\n')).toContain('from 0 to 65535');
    expect(loaded.mistakes.join('\n')).not.toMatch(/hunter2|too-short/);
  });

  it('refuses a token rule without a token, and rewards beyond all money', () => {
    expect(load({ ADMIN_ACCESS: 'token' })).toMatchObject({ ok: false });
    expect(load({ BLOCK_REWARD: '11', MAX_MONEY: '10' })).toMatchObject({ ok: false });
  });

  it('refuses a wrong value for every option that can be wrong', () => {
    const free = new Set(['DATA_DIR', 'ALLOWED_HOSTS']);
    for (const { env, flag } of CONFIG_OPTIONS) {
      if (free.has(env)) continue;
      expect(load({ [env]: '\u0001 ?' }), env).toMatchObject({ ok: false });
      expect(load({}, { [flag]: '\u0001 ?' }), flag).toMatchObject({ ok: false });
    }
  });

  it('expands ~ and makes paths absolute', () => {
    expect(configOf(load({ DATA_DIR: '~/chain' })).dataDir).not.toContain('~');
    expect(configOf(load({}, { 'data-dir': 'here' })).dataDir).toBe(join(folder, 'here'));
  });
});
