/** Empty databases of every engine, gone with the benchmark. */
import { openStorage, type Storage, type StorageEngine } from '../../src/storage/index.ts';
import { postgresServer } from '../../test/support/postgres-server.ts';
import type { BenchmarkRun } from '../frame/benchmark.ts';

/** Where a database is: for `openStorage`, and as environment for a node. */
export interface DatabasePlace {
  readonly engine: StorageEngine;
  readonly databaseUrl: string;
  readonly dataDir: string;
}

/** Which engines there are here, memory first. PostgreSQL is left out, with a note, where no server can be had. */
export async function availableEngines(bench: BenchmarkRun): Promise<StorageEngine[]> {
  try {
    bench.note(`postgresql is ${(await postgresServer()).description}, fsync on, on this machine`);
    return ['memory', 'pglite', 'postgresql'];
  } catch (error) {
    bench.note(`without PostgreSQL: ${error instanceof Error ? error.message : String(error)}`);
    return ['memory', 'pglite'];
  }
}

/** A place for a new database. */
export async function newDatabase(engine: StorageEngine, bench: BenchmarkRun): Promise<DatabasePlace> {
  const dataDir = bench.scratch.folder(engine);
  switch (engine) {
    case 'memory':
      return { engine, databaseUrl: 'memory:', dataDir };
    case 'pglite':
      return { engine, databaseUrl: 'pglite:', dataDir };
    case 'postgresql':
      return { engine, databaseUrl: await (await postgresServer()).createDatabase(), dataDir };
  }
}

/** Opens it in this process. It is closed with the benchmark, or before by whoever asked. */
export async function openDatabase(place: DatabasePlace, bench: BenchmarkRun): Promise<Storage> {
  const storage = await openStorage({ databaseUrl: place.databaseUrl, dataDir: place.dataDir });
  bench.scratch.defer(() => storage.close());
  return storage;
}
