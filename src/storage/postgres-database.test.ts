/** What can happen to a node between it and its server. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChainBuilder } from '../../test/support/chain-builder.ts';
import { createTestDatabase, runSql } from '../../test/support/postgres-server.ts';
import { DatabaseLockLostError, DatabaseUnavailableError, openStorage, type Storage } from './index.ts';
import { Replay } from './replay.ts';

describe('a server', () => {
  let databaseUrl: string;
  let storage: Storage | undefined;
  const onFatal = vi.fn<(error: Error) => void>();

  const open = async (url = databaseUrl): Promise<Storage> => {
    storage = await openStorage({ databaseUrl: url, dataDir: '/not used', onFatal });
    return storage;
  };
  /** Ends sessions of the node as an administrator would. */
  const endSessions = (which: 'readers' | 'writer'): Promise<unknown> =>
    runSql(
      databaseUrl,
      `SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity AS a
        WHERE datname = current_database() AND application_name = 'mini-bitcoin'
          AND ${which === 'readers' ? 'NOT' : ''} EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND locktype = 'advisory')`,
    );

  beforeEach(async () => {
    onFatal.mockReset();
    databaseUrl = await createTestDatabase();
  });
  afterEach(async () => {
    await storage?.close();
    storage = undefined;
  });

  it('may drop idle readers: they are replaced', async () => {
    const { chain } = await open();
    await chain.loadTip();
    expect(await endSessions('readers')).toBeGreaterThan(0);
    await vi.waitFor(async () => expect(await chain.loadTip()).toBeUndefined());
    expect(onFatal).not.toHaveBeenCalled();
  });

  /** Holds up whoever wants this table, until the function that it returns is called. */
  const block = async (table: string): Promise<() => Promise<void>> => {
    const blocker = runSql(databaseUrl, `BEGIN; LOCK TABLE ${table}; SELECT pg_sleep(60)`).catch(
      () => undefined,
    );
    const locks = `SELECT count(*)::int FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted
                      AND relation = '${table}'::regclass`;
    await vi.waitFor(async () => expect(await runSql(databaseUrl, locks)).toBe(1));
    return async () => {
      await runSql(
        databaseUrl,
        `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
          WHERE query LIKE 'BEGIN; LOCK%' AND datname = current_database()`,
      );
      await blocker;
    };
  };
  const somebodyWaits = (): Promise<void> =>
    vi.waitFor(async () => {
      const waiting = `SELECT count(*)::int FROM pg_stat_activity
                        WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      expect(await runSql(databaseUrl, waiting)).toBe(1);
    });

  it('may drop a reader in the middle of a query: that one fails with a typed error, the next works', async () => {
    const { chain } = await open();
    const unblock = await block('chain_state');
    const reading = expect(chain.loadTip()).rejects.toThrow(DatabaseUnavailableError);
    await somebodyWaits();
    await endSessions('readers');
    await reading;
    await unblock();
    expect(await chain.loadTip()).toBeUndefined();
    expect(onFatal).not.toHaveBeenCalled();
  });

  it('may drop the session with the lock: nothing is written any more, and the next node gets in', async () => {
    const first = await open();
    const builder = new ChainBuilder().extend(1);
    const replay = new Replay();
    await first.chain.commit(replay.step({ connect: [builder.at('genesis').block] }));
    await endSessions('writer');
    await vi.waitFor(() => expect(onFatal).toHaveBeenCalledTimes(1));
    expect(onFatal.mock.calls[0]?.[0]).toBeInstanceOf(DatabaseLockLostError);
    const change = replay.step({ connect: [builder.at('a1').block] });
    await expect(first.chain.commit(change)).rejects.toThrow(DatabaseLockLostError);
    await expect(first.mempool.remove(['ab'.repeat(32) as never])).rejects.toThrow(DatabaseLockLostError);

    const second = await open();
    expect((await second.chain.loadTip())?.hash).toBe(builder.at('genesis').hash);
    await second.chain.commit(change);
    await first.close();
    expect((await second.chain.loadTip())?.hash).toBe(builder.at('a1').hash);
    expect(onFatal).toHaveBeenCalledTimes(1);
  });

  it('may hang up during a commit: nothing of the change is there', async () => {
    const { chain } = await open();
    const unblock = await block('coins');
    const genesis = new Replay().step({ connect: [new ChainBuilder().last.block] });
    const failing = expect(chain.commit(genesis)).rejects.toThrow(DatabaseUnavailableError);
    await somebodyWaits();
    await endSessions('writer');
    await failing;
    await vi.waitFor(() => expect(onFatal).toHaveBeenCalledTimes(1));
    await unblock();
    expect(await runSql(databaseUrl, 'SELECT count(*)::int FROM blocks')).toBe(0);
  });

  it('that is not there is told from one that refuses', async () => {
    const nobody = 'postgresql://postgres:hunter2@127.0.0.1:1/nothing';
    const failure = await open(nobody).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(String(failure)).not.toContain('hunter2');
    const url = new URL(databaseUrl);
    url.pathname = '/there_is_no_such_database';
    await expect(open(url.href)).rejects.toMatchObject({ code: 'DATABASE_QUERY', sqlState: '3D000' });
  });

  it('keeps the options of the URL beside ours', async () => {
    const url = new URL(databaseUrl);
    url.searchParams.set('options', '-c work_mem=5MB');
    await open(url.href);
    const ours = `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'mini-bitcoin' AND datname = current_database()`;
    expect(await runSql(databaseUrl, ours)).toBeGreaterThan(0);
    expect(await storage?.chain.loadTip()).toBeUndefined();
  });
});
