/** docker/postgres/databases.sql, on a real server: a node runs on each database, as a user who may do nothing else. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCompose } from '../support/compose.ts';
import { readText } from '../support/deployment-files.ts';
import { createTestDatabase, runSql } from '../support/postgres-server.ts';
import { runNode } from '../support/running-node.ts';

const SCRIPT = 'docker/postgres/databases.sql';
const { services } = readCompose(['docker/docker-compose.yml']);
const urls = ['node1', 'node2', 'node3'].map(
  (name) => new URL(services[name]!.environment!['DATABASE_URL']!),
);

/** The statements as psql sends them: `\getenv` and `:'name'` done, comments left out. */
function statements(env: Readonly<Record<string, string>>): string[] {
  const values = new Map<string, string>();
  return readText(SCRIPT)
    .replace(/^--.*$/gm, '')
    .replace(/^\\getenv (\w+) (\w+)$/gm, (_, name: string, variable: string) => {
      const value = env[variable];
      if (value === undefined) throw new Error(`${variable} is not set for PostgreSQL`);
      values.set(name, value);
      return '';
    })
    .replace(/:'(\w+)'/g, (_, name: string) => `'${(values.get(name) ?? '').replaceAll("'", "''")}'`)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

describe('databases.sql', () => {
  it('is where PostgreSQL runs what makes its databases, and is given the password', () => {
    const { volumes, environment } = services['postgres']!;
    expect(volumes).toContain('./postgres/databases.sql:/docker-entrypoint-initdb.d/databases.sql:ro');
    expect(environment).toHaveProperty('DATABASE_PASSWORD');
    expect(urls.map(({ password }) => password)).toEqual(Array(3).fill(environment!['DATABASE_PASSWORD']));
  });

  it('makes the databases that the nodes are told to use, for the user that they come as', () => {
    const made = [...readText(SCRIPT).matchAll(/CREATE DATABASE (\w+) OWNER (\w+);/g)];
    expect(made.map(([, name]) => name)).toEqual(urls.map(({ pathname }) => pathname.slice(1)));
    expect(new Set(made.map(([, , owner]) => owner))).toEqual(new Set(urls.map(({ username }) => username)));
    for (const url of urls) expect(url.host).toBe('postgres:5432');
    const probe = services['postgres']!.healthcheck.test;
    expect(probe).toEqual(expect.arrayContaining(['--username=mini_bitcoin', '--dbname=node1']));
  });

  it('works, and a node starts on each database', async () => {
    const admin = await createTestDatabase();
    // Roles and databases belong to the whole server, which may be somebody's: none of ours has a name that is in use.
    const suffix = randomUUID().slice(0, 8);
    const renamed = (text: string): string =>
      text.replace(/\b(mini_bitcoin|node\d)\b/g, (name) => `mbtc_test_${name}_${suffix}`);
    const databases = urls.map(({ pathname }) => renamed(pathname.slice(1)));
    const role = renamed('mini_bitcoin');
    onTestFinished(async () => {
      for (const name of databases) await runSql(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await runSql(admin, `DROP ROLE IF EXISTS ${role}`);
    });
    for (const statement of statements({ DATABASE_PASSWORD: "it's a secret" }))
      await runSql(admin, renamed(statement));

    const rights = await runSql(
      admin,
      `SELECT rolcanlogin AND NOT (rolsuper OR rolcreatedb OR rolcreaterole) FROM pg_roles WHERE rolname = '${role}'`,
    );
    expect(rights, 'may log in, and nothing more').toBe(true);
    for (const [index, name] of databases.entries()) {
      const others = await runSql(admin, `SELECT has_database_privilege('public', '${name}', 'CONNECT')`);
      expect(others, 'nobody else may connect').toBe(false);
      const url = new URL(admin);
      url.username = role;
      url.password = encodeURIComponent("it's a secret");
      url.pathname = `/${name}`;
      const { client } = await runNode({ DATABASE_URL: url.href, NODE_NAME: `node${index + 1}` });
      expect(await client.health()).toMatchObject({ node_name: `node${index + 1}`, chain_height: -1 });
    }
  });
});
