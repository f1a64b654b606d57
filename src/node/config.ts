/**
 * Configuration: flags > environment > `.env` > defaults, with the names of the Python original and of PROTOCOL 6.
 *
 * Everything is checked at the start, and every mistake is named, not only the first.
 */
import { COIN_BYTES } from '../chainstate/index.ts';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type ChainParams, DEFAULT_PARAMS, parseTarget } from '../consensus/index.ts';
import { normalisePeerUrl } from '../network/peer-url.ts';
import { CONFIG_OPTIONS } from './config-options.ts';
import { MAX_VERIFY_THREADS } from './verify-worker-pool.ts';

export type AdminAccess = 'loopback' | 'token' | 'open';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** What a node needs to know before it starts. */
export interface NodeConfig {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly nodeName: string;
  readonly params: ChainParams;
  readonly maxBlockTxs: number;
  readonly bootstrapPeers: readonly string[];
  readonly maxPeers: number;
  /** Seconds; 0 = never by itself. */
  readonly syncIntervalS: number;
  /** Normalised; undefined = as host and port say. */
  readonly publicUrl: string | undefined;
  readonly discoverPeers: boolean;
  /** Expected hashes. */
  readonly minimumChainWork: bigint;
  readonly adminAccess: AdminAccess;
  readonly apiToken: string | undefined;
  readonly allowedHosts: readonly string[];
  readonly miningThreads: number | undefined;
  /** 0 = the thread of the node does it; undefined = one for each core. */
  readonly verifyThreads: number | undefined;
  /** Base units per 1,000 bytes. */
  readonly minRelayFeePerKb: number;
  readonly mempoolMaxBytes: number;
  readonly mempoolExpiryHours: number;
  readonly coinsCacheSize: number;
  readonly logLevel: LogLevel;
  readonly logFormat: 'auto' | 'json' | 'pretty';
}

/** Where the settings come from. */
export interface ConfigInput {
  /** Flags by their name without dashes; undefined = not given. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder whose `.env` is read, if there is one. */
  readonly cwd: string;
}

export type LoadedConfig =
  { readonly ok: true; readonly config: NodeConfig } | { readonly ok: false; readonly mistakes: string[] };

const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
/** Twice this is still a safe integer: sums of two amounts cannot overflow. */
const MAX_SAFE_MONEY = 2 ** 52;

/** Reads, checks, and names every mistake with what is expected. */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const mistakes: string[] = [];
  const raw = new RawSettings(input, mistakes);
  const config: NodeConfig = {
    databaseUrl: raw.databaseUrl(),
    dataDir: expandHome(raw.text('DATA_DIR'), input),
    host: raw.matching('NODE_HOST', /^[0-9A-Za-z.:_-]+$/, 'an address like 127.0.0.1, 0.0.0.0 or ::'),
    port: raw.integer('NODE_PORT', 0, 65_535),
    nodeName: raw.matching(
      'NODE_NAME',
      /^[\p{L}\p{N} ._-]{1,64}$/u,
      'up to 64 letters, digits, spaces and . _ -',
    ),
    params: {
      defaultTarget: raw.target('DEFAULT_TARGET'),
      blockReward: raw.integer('BLOCK_REWARD', 0, MAX_SAFE_MONEY),
      halvingInterval: raw.integer('HALVING_INTERVAL', 0, 0xffffffff),
      retargetInterval: raw.retargetInterval(),
      targetBlockTimeS: raw.integer('TARGET_BLOCK_TIME', 1, 86_400),
      coinbaseMaturity: raw.integer('COINBASE_MATURITY', 0, 1_000_000),
      maxBlockSizeBytes: raw.integer('MAX_BLOCK_SIZE', 1_000, 32_000_000),
      maxMoney: raw.integer('MAX_MONEY', 1, MAX_SAFE_MONEY),
    },
    maxBlockTxs: raw.integer('MAX_BLOCK_TXS', 0, 1_000_000),
    bootstrapPeers: raw.urls('BOOTSTRAP_PEERS'),
    maxPeers: raw.integer('MAX_PEERS', 0, 1_000),
    syncIntervalS: raw.integer('SYNC_INTERVAL', 0, 86_400),
    publicUrl: raw.publicUrl(),
    discoverPeers: raw.oneOf('DISCOVER_PEERS', ['true', 'false'], (text) => text.toLowerCase()) === 'true',
    minimumChainWork: raw.bigInteger('MINIMUM_CHAIN_WORK'),
    adminAccess: raw.oneOf('ADMIN_ACCESS', ['loopback', 'token', 'open']),
    apiToken: raw.apiToken(),
    allowedHosts: raw.list('ALLOWED_HOSTS'),
    miningThreads: raw.text('MINING_THREADS') === 'auto' ? undefined : raw.integer('MINING_THREADS', 1, 256),
    verifyThreads:
      raw.text('VERIFY_THREADS') === 'auto'
        ? undefined
        : raw.integer('VERIFY_THREADS', 0, MAX_VERIFY_THREADS),
    minRelayFeePerKb: raw.integer('MIN_RELAY_FEE_RATE', 0, 1_000_000_000),
    mempoolMaxBytes: raw.integer('MEMPOOL_MAX_MB', 1, 10_000) * 1_000_000,
    mempoolExpiryHours: raw.integer('MEMPOOL_EXPIRY_HOURS', 1, 10_000),
    coinsCacheSize: Math.floor((raw.integer('COINS_CACHE_MB', 0, 20_000) * 1_000_000) / COIN_BYTES),
    logLevel: raw.oneOf('LOG_LEVEL', LOG_LEVELS, (text) => text.toLowerCase()),
    logFormat: raw.oneOf('LOG_FORMAT', ['auto', 'json', 'pretty']),
  };
  if (config.params.blockReward > config.params.maxMoney) {
    mistakes.push('BLOCK_REWARD is more than MAX_MONEY: the first block would be invalid');
  }
  return mistakes.length === 0 ? { ok: true, config } : { ok: false, mistakes };
}

/** Picks the value of an option from the first place that has it, and parses it; mistakes go into a list. */
class RawSettings {
  private readonly input: ConfigInput;
  private readonly dotEnv: Readonly<Record<string, string | undefined>>;
  private readonly mistakes: string[];

  constructor(input: ConfigInput, mistakes: string[]) {
    this.input = input;
    this.mistakes = mistakes;
    this.dotEnv = readDotEnv(input.cwd, mistakes);
  }

  private find(env: string): { value: string; name: string } {
    const known = CONFIG_OPTIONS.find((candidate) => candidate.env === env);
    if (known === undefined) throw new Error(`invariant: no option ${env}`);
    const flag = this.input.flags[known.flag];
    if (flag !== undefined) return { value: flag, name: `--${known.flag}` };
    // An empty variable counts as not set: compose files pass `NAME=${NAME:-}`.
    const fromEnv = this.input.env[env] || this.dotEnv[env];
    return { value: fromEnv || known.default, name: env };
  }

  text(env: string): string {
    return this.find(env).value.trim();
  }

  private mistake(env: string, expected: string, shown = true): void {
    const { value, name } = this.find(env);
    this.mistakes.push(`${name}${shown ? `=${value}` : ''}: ${expected} is expected`);
  }

  integer(env: string, least: number, most: number): number {
    const value = Number(this.text(env).replaceAll('_', ''));
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    this.mistake(env, `a whole number from ${least} to ${most}`);
    return least;
  }

  /** An interval of one block has no time between its first and last block: nothing could be measured. */
  retargetInterval(): number {
    const value = this.integer('RETARGET_INTERVAL', 0, 100_000);
    if (value === 1) this.mistake('RETARGET_INTERVAL', '0 (never) or a number from 2');
    return value;
  }

  target(env: string): ChainParams['defaultTarget'] {
    const target = parseTarget(this.text(env));
    if (target !== undefined && target > 0n) return target;
    this.mistake(env, '0x and up to 64 hex digits, above 0');
    return DEFAULT_PARAMS.defaultTarget;
  }

  matching(env: string, pattern: RegExp, expected: string): string {
    const value = this.text(env);
    if (!pattern.test(value)) this.mistake(env, expected);
    return value;
  }

  oneOf<T extends string>(env: string, allowed: readonly T[], normalise = (text: string): string => text): T {
    const value = normalise(this.text(env));
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) this.mistake(env, `one of ${allowed.join(', ')}`);
    return found ?? (allowed[0] as T);
  }

  list(env: string): string[] {
    return this.text(env)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  urls(env: string): string[] {
    const urls = this.list(env);
    for (const url of urls) {
      if (!/^https?:\/\/[^\s/]+/.test(url) || !URL.canParse(url))
        this.mistakes.push(`${env}: "${url}" is not an address like http://127.0.0.1:8001`);
    }
    return urls;
  }

  publicUrl(): string | undefined {
    const text = this.text('PUBLIC_URL');
    if (text === '') return undefined;
    const url = normalisePeerUrl(text);
    if (url.ok) return url.value;
    this.mistake('PUBLIC_URL', 'an address like http://node1.example:8000');
    return undefined;
  }

  bigInteger(env: string): bigint {
    const text = this.text(env).replaceAll('_', '');
    if (/^\d{1,78}$/.test(text)) return BigInt(text);
    this.mistake(env, 'a whole number, 0 or more');
    return 0n;
  }

  databaseUrl(): string {
    const value = this.text('DATABASE_URL');
    // The original's users write SQLAlchemy's form of the same address.
    const url = value.replace(/^postgresql\+\w+:/, 'postgresql:');
    if (/^(pglite:|memory:)$/.test(url)) return url;
    if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url;
    // Not shown: it may hold a password.
    this.mistake('DATABASE_URL', 'pglite:, memory: or postgresql://user:password@host:port/database', false);
    return 'memory:';
  }

  apiToken(): string | undefined {
    const token = this.text('API_TOKEN');
    if (token !== '' && token.length < 16)
      this.mistake('API_TOKEN', 'a secret of at least 16 characters', false);
    if (token === '' && this.text('ADMIN_ACCESS') === 'token')
      this.mistake('ADMIN_ACCESS', 'an API_TOKEN beside it');
    return token === '' ? undefined : token;
  }
}

function readDotEnv(cwd: string, mistakes: string[]): Readonly<Record<string, string | undefined>> {
  const path = join(cwd, '.env');
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      mistakes.push(`${path} cannot be read: ${(error as Error).message}`);
    return {};
  }
}

function expandHome(path: string, input: ConfigInput): string {
  const expanded = path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
  return resolve(input.cwd, expanded);
}
