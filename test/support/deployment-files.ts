/**
 * The files in docker/ and deploy/, read as the programs that use them would.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { CONFIG_OPTIONS } from '../../src/node/config-options.ts';
import { loadConfig, type LoadedConfig } from '../../src/node/config.ts';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

/** Reads a file by its path from the root of the repository. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Reads a YAML file of one document; `<<` merges, as in compose files. @throws when it is not valid YAML */
export function readYaml(path: string): unknown {
  return parse(readText(path), { merge: true });
}

/** Reads a YAML text of any number of documents. @throws when one of them is not valid */
export function parseYamlDocuments(text: string): unknown[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as unknown;
  });
}

/** Reads the lines `NAME=value` of an environment file. */
export function readEnvFile(path: string): Environment {
  const lines = readText(path).split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

const COMPOSE_VARIABLE = /\$\{([A-Z_]+)(?::-([^}]*))?\}/g;

/** The variables in a compose file, with the defaults behind `:-` (undefined: none). */
export function composeVariables(text: string): { name: string; fallback: string | undefined }[] {
  return [...text.matchAll(COMPOSE_VARIABLE)].map(([, name = '', fallback]) => ({ name, fallback }));
}

/**
 * Puts values in for `${NAME}` and `${NAME:-default}` in the strings of a compose file that was read already: as Compose
 * does, so that what is filled in stays text. An empty value counts as none, as `:-` has it.
 */
export function fillInCompose(node: unknown, values: Environment = {}): unknown {
  if (typeof node === 'string')
    return node.replace(
      COMPOSE_VARIABLE,
      (_, name: string, fallback = '') => values[name] || String(fallback),
    );
  if (Array.isArray(node)) return node.map((item) => fillInCompose(item, values));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fillInCompose(value, values)]));
}

/** What a node would make of these variables. */
export function configFrom(env: Environment): LoadedConfig {
  // A folder without `.env`.
  return loadConfig({ flags: {}, env, cwd: join(tmpdir(), 'mini-bitcoin-no-such-folder') });
}

/** Names among these that no node knows. */
export function unknownSettings(names: Iterable<string>): string[] {
  const known = new Set<string>([
    ...CONFIG_OPTIONS.map(({ env }) => env),
    // Not settings of a node: read by its web framework and by the commands that talk to it.
    ...['NODE_ENV', 'MINI_BITCOIN_TOKEN'],
  ]);
  return [...names].filter((name) => !known.has(name));
}
