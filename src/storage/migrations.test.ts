/** The schema's way up, down and up again, on both SQL engines; and whom a database lets in. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anyTransaction } from '../../test/support/arbitraries.ts';
import { ChainBuilder } from '../../test/support/chain-builder.ts';
import { createTestStore } from '../../test/support/postgres-server.ts';
import { blockToJson, bytesToHex, encodeTransaction, transactionToJson, txidOf } from '../consensus/index.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { DatabaseQueryError, engineOf, openStorage, SchemaTooNewError } from './index.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { openPostgresDatabase } from './postgres-database.ts';
import { createSchemaMigrator } from './schema-migrator.ts';
import { SqlChainStore } from './sql-chain-store.ts';
import { SqlMempoolStore } from './sql-mempool-store.ts';
import { SqlPeerStore } from './sql-peer-store.ts';
import { Replay } from './replay.ts';
import type { SqlDatabase } from './sql-database.ts';

const NAMES = Object.keys(MIGRATIONS);

describe.each(['pglite', 'postgresql'] as const)('schema on %s', (engine) => {
  let place: Awaited<ReturnType<typeof createTestStore>>;
  beforeEach(async () => {
    place = await createTestStore(engine);
  });
  afterEach(() => place.remove());

  const openRaw = (): Promise<SqlDatabase> => {
    const onFatal = (): void => undefined;
    return engine === 'pglite'
      ? openEmbeddedDatabase({ ...place, onFatal })
      : openPostgresDatabase({ ...place, onFatal });
  };

  /** All that the schema consists of: columns, indexes, comments. */
  const describeSchema = async (database: SqlDatabase): Promise<unknown> => {
    const { rows } = await database.read({
      name: '',
      text: `SELECT 'column', table_name || '.' || column_name || ' ' || data_type || coalesce(' ' || column_default, '')
               FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
             UNION ALL SELECT 'comment', objoid::regclass || ' ' || objsubid || ' ' || description FROM pg_description
                        WHERE classoid = 'pg_class'::regclass AND objoid > 16383
             ORDER BY 1, 2`,
      values: [],
    });
    return rows;
  };

  it('goes up, step by step down, and up again', async () => {
    const database = await openRaw();
    const migrator = createSchemaMigrator(database);
    const chain = new SqlChainStore(database, Date.now);
    const appliedAt = async () => (await migrator.status()).map(({ appliedAtMs }) => appliedAtMs);
    const empty = await describeSchema(database);
    expect(await appliedAt()).toEqual(NAMES.map(() => undefined));
    expect(await describeSchema(database)).toEqual(empty); // asking leaves no trace
    await expect(chain.loadTip()).rejects.toThrow(DatabaseQueryError);
    expect(await migrator.rollback()).toBeUndefined();

    expect(await migrator.migrate()).toEqual(NAMES);
    expect(await migrator.migrate()).toEqual([]);
    const first = await describeSchema(database);
    expect((await appliedAt()).every((ms) => (ms ?? 0) > 1e12)).toBe(true);
    await chain.commit(new Replay().step({ connect: [new ChainBuilder().last.block] }));

    for (const name of NAMES.toReversed()) expect(await migrator.rollback()).toBe(name);
    expect(await migrator.rollback()).toBeUndefined();
    expect(await migrator.migrate()).toEqual(NAMES);
    expect(await chain.loadTip()).toBeUndefined();
    expect(await describeSchema(database)).toEqual(first);
    await database.close();
  });

  it('keeps the peers of an older version, and gives it back none that it should not trust', async () => {
    const database = await openRaw();
    const migrator = createSchemaMigrator(database);
    const peers = new SqlPeerStore(database);
    const sqlOf = (text: string) => database.write((session) => session.run({ name: '', text, values: [] }));
    await migrator.migrate();
    while ((await migrator.rollback()) !== '0005-peer-facts');
    await sqlOf(`INSERT INTO peers (url, is_active, failures, last_seen)
                 VALUES ('http://old', false, 2, to_timestamp(1700000000.5)), ('http://new', true, 0, NULL)`);

    await migrator.migrate();
    const [old, unseen] = await peers.load();
    expect(old).toEqual({
      ...{ url: 'http://old', isActive: false, failures: 2, lastSeenMs: 1_700_000_000_500 },
      ...{
        source: 'owner',
        kind: 'unknown',
        misbehaviour: 0,
        bannedUntilMs: undefined,
        banReason: undefined,
      },
      ...{ height: undefined, latencyMs: undefined, bytesReceived: 0, bytesSent: 0 },
    });
    for (const wrong of [
      `source = 'rumour'`,
      `kind = ''`,
      'misbehaviour = -1',
      'height = -2',
      `latency_ms = 'NaN'`,
      'bytes_received = -1',
      'bytes_sent = 9007199254740992',
      `ban_reason = repeat('x', 501)`,
    ]) {
      await expect(sqlOf(`UPDATE peers SET ${wrong}`), wrong).rejects.toThrow(DatabaseQueryError);
    }
    await peers.save([
      { ...old!, bannedUntilMs: Date.now() + 3_600_000, banReason: 'sent nonsense' },
      { ...old!, url: 'http://stranger', source: 'gossip' },
      { ...old!, url: 'http://forgiven', bannedUntilMs: 1_700_000_000_000 },
    ]);
    while ((await migrator.rollback()) !== '0005-peer-facts');
    await migrator.migrate();
    expect((await peers.load()).map(({ url }) => url)).toEqual([unseen!.url, 'http://forgiven']);
    await database.close();
  });

  it('keeps the blocks and waiting transactions of an older version, on the way up and down', async () => {
    const database = await openRaw();
    const migrator = createSchemaMigrator(database);
    const chain = new SqlChainStore(database, Date.now);
    const mempool = new SqlMempoolStore(database);
    const builder = new ChainBuilder();
    builder.extend(2);
    const payments = fc.sample(anyTransaction, { numRuns: 40, seed: 6 });
    const unique = [...new Map(payments.map((tx) => [txidOf(tx), tx])).values()];
    await migrator.migrate();
    await chain.commit(new Replay().step({ connect: builder.all.map(({ block }) => block) }));
    await mempool.add(unique.map((tx) => ({ tx, fee: 1, receivedAtMs: 1_700_000_000_000 })));
    const everything = async () => {
      const hashes = builder.all.map(({ hash }) => hash);
      const blocks = await chain.readBlockBytes(hashes);
      return {
        blocks: hashes.map((hash) => bytesToHex(blocks.get(hash)!)),
        payments: (await mempool.load()).map(({ tx }) => bytesToHex(encodeTransaction(tx))),
      };
    };
    const before = await everything();
    expect(before.payments).toEqual(unique.map((tx) => bytesToHex(encodeTransaction(tx))));

    // What SQL makes of the bytes is what the API says.
    const { rows } = await database.read({
      name: '',
      text: `SELECT block_json(block_bytes)::text FROM blocks WHERE height >= $1 ORDER BY height`,
      values: [0],
    });
    expect(rows.map(([json]) => JSON.parse(json as string) as unknown)).toEqual(
      builder.all.map(({ block }) => blockToJson(block)),
    );
    const waiting = await database.read({
      name: '',
      text: 'SELECT transaction_json(tx_bytes)::text FROM mempool_txs ORDER BY sequence',
      values: [],
    });
    expect(waiting.rows.map(([json]) => JSON.parse(json as string) as unknown)).toEqual(
      unique.map(transactionToJson),
    );

    while ((await migrator.rollback()) !== '0006-binary-bodies');
    const old = await database.read({
      name: '',
      text: 'SELECT block_data::text FROM blocks WHERE height >= $1 ORDER BY height',
      values: [0],
    });
    expect(old.rows.map(([json]) => JSON.parse(json as string) as unknown)).toEqual(
      builder.all.map(({ block }) => blockToJson(block)),
    );
    await migrator.migrate();
    expect(await everything()).toEqual(before);
    await database.close();
  });

  it('of a newer version is refused and left as it is', async () => {
    const database = await openRaw();
    const migrator = createSchemaMigrator(database);
    await migrator.migrate();
    await migrator.rollback(); // so that there is something to migrate
    await database.write((session) =>
      session.run({
        name: '',
        text: `INSERT INTO kysely_migration (name, "timestamp") VALUES ('0099-quantum', '2036-01-01T00:00:00Z')`,
        values: [],
      }),
    );
    const before = await describeSchema(database);
    const refusal = { code: 'SCHEMA_TOO_NEW', unknownMigrations: ['0099-quantum'] };
    await expect(migrator.migrate()).rejects.toMatchObject(refusal);
    await expect(migrator.rollback()).rejects.toMatchObject(refusal);
    await expect(migrator.status()).rejects.toMatchObject(refusal);
    expect(await describeSchema(database)).toEqual(before);
    await database.close();
    await expect(openStorage(place)).rejects.toThrow(SchemaTooNewError); // and lets go of the database:
    const again = await openRaw();
    expect(await describeSchema(again)).toEqual(before);
    await again.close();
  });

  it('belongs to one node at a time', async () => {
    const storage = await openStorage(place);
    const code = engine === 'pglite' ? 'DATA_DIR_IN_USE' : 'DATABASE_IN_USE';
    await expect(openStorage(place)).rejects.toMatchObject({ code });
    expect(await storage.chain.loadTip()).toBeUndefined(); // undisturbed
    await storage.close();
    await (await openStorage(place)).close();
  });
});

describe('DATABASE_URL', () => {
  it.each([
    [undefined, 'pglite'],
    ['', 'pglite'],
    ['pglite:', 'pglite'],
    ['memory:', 'memory'],
    ['postgres://localhost/x', 'postgresql'],
    ['postgresql://user:secret@localhost:5432/x?sslmode=disable', 'postgresql'],
  ])('%s names %s', (url, engine) => {
    expect(engineOf(url)).toBe(engine);
  });

  it.each(['mysql://me:hunter2@host/db', 'nonsense', 'postgresql://[hunter2', 'memory:x'])(
    '%s is refused without telling the password',
    async (databaseUrl) => {
      const failure = await openStorage({ databaseUrl, dataDir: '/nowhere' }).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code: 'DATABASE_URL' });
      expect(String(failure)).not.toContain('hunter2');
    },
  );
});
