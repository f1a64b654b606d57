/** One transaction on a `pg` client that nobody else uses meanwhile. */
import type { ClientBase, QueryArrayConfig } from 'pg';
import { asStorageError } from './driver-errors.ts';
import type { SqlResult, SqlSession, SqlStatement } from './sql-database.ts';

/** Runs one statement. @throws StorageError */
export async function runStatement(
  client: Pick<ClientBase, 'query'>,
  statement: SqlStatement,
): Promise<SqlResult> {
  try {
    const config: QueryArrayConfig = {
      name: statement.name,
      text: statement.text,
      values: [...statement.values],
      rowMode: 'array',
    };
    const result = await client.query<unknown[]>(config);
    return { rows: result.rows, rowCount: result.rowCount ?? 0 };
  } catch (error) {
    throw asStorageError(error);
  }
}

/** BEGIN, `work`, COMMIT; ROLLBACK when `work` rejects, whose error it is then. */
export async function runTransaction<T>(
  client: Pick<ClientBase, 'query'>,
  work: (session: SqlSession) => Promise<T>,
): Promise<T> {
  const pending = new Set<Promise<void>>();
  const session: SqlSession = {
    run(statement) {
      const result = runStatement(client, statement);
      const forget = (): void => void pending.delete(settled);
      const settled: Promise<void> = result.then(forget, forget);
      pending.add(settled);
      return result;
    },
  };
  const command = async (text: string): Promise<string> => {
    try {
      return (await client.query(text)).command;
    } catch (error) {
      throw asStorageError(error);
    }
  };
  // Not waited for: what `work` sends first goes along with it. Where BEGIN fails the connection is gone, and all with it.
  const begun = command('BEGIN');
  begun.catch(() => undefined);
  let value: T;
  try {
    value = await work(session);
    await begun;
  } catch (error) {
    await Promise.all([...pending, begun.catch(() => undefined)]);
    // When even that fails the connection is gone, and the server rolls back by itself.
    await command('ROLLBACK').catch(() => undefined);
    throw error;
  }
  // A COMMIT after a failed statement that `work` ignored is answered, without an error, by "ROLLBACK".
  if ((await command('COMMIT')) !== 'COMMIT')
    throw asStorageError(new Error('the transaction was rolled back'));
  return value;
}
