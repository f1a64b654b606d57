/**
 * All options of a node in one table: the parser, `mini-bitcoin node --help` and the table in the documentation come from it.
 */
import { DEFAULT_PARAMS, targetToJson } from '../consensus/index.ts';

/** One option: how it is called, what it means, what it is when nobody says anything. */
export interface ConfigOption {
  /** Environment name, also in `.env`. */
  readonly env: string;
  /** Flag of `mini-bitcoin node`, without the dashes. */
  readonly flag: string;
  /** What stands behind the flag in the help. */
  readonly placeholder: string;
  readonly description: string;
  readonly default: string;
  readonly group: 'node' | 'chain' | 'network' | 'access' | 'policy' | 'logging';
}

const option = (
  group: ConfigOption['group'],
  env: string,
  flag: string,
  placeholder: string,
  fallback: string | number | bigint,
  description: string,
): ConfigOption => ({ group, env, flag, placeholder, default: String(fallback), description });

/** All options, in the order in which people read about them. */
export const CONFIG_OPTIONS = [
  option('node', 'NODE_PORT', 'port', 'PORT', 8000, 'port of the API and the peers; 0 takes a free one'),
  option('node', 'NODE_HOST', 'host', 'ADDRESS', '127.0.0.1', 'address to listen on; 0.0.0.0 lets others in'),
  option('node', 'NODE_NAME', 'name', 'NAME', 'mini-bitcoin', 'what the node calls itself'),
  option('node', 'DATA_DIR', 'data-dir', 'DIR', '~/.mini-bitcoin', 'where the embedded database lives'),
  option(
    'node',
    'DATABASE_URL',
    'database-url',
    'URL',
    'pglite:',
    'pglite: (embedded), postgresql://user:password@host/database, or memory: (forgets all at the end)',
  ),
  option(
    'node',
    'COINS_CACHE_MB',
    'coins-cache-mb',
    'MB',
    64,
    'memory for the coins that were touched last, some 3,700 a megabyte; 0 = none',
  ),
  option(
    'node',
    'MINING_THREADS',
    'threads',
    'N',
    'auto',
    'threads for mining; auto = processor cores less one, at least 1',
  ),
  option(
    'node',
    'VERIFY_THREADS',
    'verify-threads',
    'N',
    'auto',
    'threads for the signatures of large blocks; auto = processor cores, 0 = none of their own',
  ),

  option(
    'chain',
    'DEFAULT_TARGET',
    'default-target',
    'HEX',
    targetToJson(DEFAULT_PARAMS.defaultTarget),
    'target of the first block; smaller is harder',
  ),
  option(
    'chain',
    'BLOCK_REWARD',
    'block-reward',
    'UNITS',
    DEFAULT_PARAMS.blockReward,
    'what the first blocks pay their miner, in base units',
  ),
  option(
    'chain',
    'HALVING_INTERVAL',
    'halving-interval',
    'BLOCKS',
    DEFAULT_PARAMS.halvingInterval,
    'the reward halves every so many blocks; 0 = never',
  ),
  option(
    'chain',
    'RETARGET_INTERVAL',
    'retarget-interval',
    'BLOCKS',
    DEFAULT_PARAMS.retargetInterval,
    'the target adapts every so many blocks; 0 = never',
  ),
  option(
    'chain',
    'TARGET_BLOCK_TIME',
    'target-block-time',
    'SECONDS',
    DEFAULT_PARAMS.targetBlockTimeS,
    'how long a block should take',
  ),
  option(
    'chain',
    'COINBASE_MATURITY',
    'coinbase-maturity',
    'BLOCKS',
    DEFAULT_PARAMS.coinbaseMaturity,
    'a reward can be spent after so many blocks (Bitcoin: 100)',
  ),
  option(
    'chain',
    'MAX_BLOCK_SIZE',
    'max-block-size',
    'BYTES',
    DEFAULT_PARAMS.maxBlockSizeBytes,
    'largest block',
  ),
  option(
    'chain',
    'MAX_MONEY',
    'max-money',
    'UNITS',
    DEFAULT_PARAMS.maxMoney,
    'no amount can be larger, in base units',
  ),

  option('network', 'BOOTSTRAP_PEERS', 'peers', 'URLS', '', 'peers to begin with, separated by commas'),
  option(
    'network',
    'MAX_PEERS',
    'max-peers',
    'N',
    32,
    'most peers that you can add, and most that are talked to when others call',
  ),
  option(
    'network',
    'SYNC_INTERVAL',
    'sync-interval',
    'SECONDS',
    30,
    'how often peers are asked for better chains; 0 = never',
  ),

  option(
    'network',
    'PUBLIC_URL',
    'public-url',
    'URL',
    '',
    'address under which other nodes reach this one; by default as --host and --port say',
  ),
  option(
    'network',
    'DISCOVER_PEERS',
    'discover-peers',
    'true|false',
    'true',
    'connect to nodes that other peers tell of; false keeps the network as you laid it out',
  ),
  option(
    'network',
    'MINIMUM_CHAIN_WORK',
    'minimum-chain-work',
    'HASHES',
    0,
    'chains with less work are not followed, in expected hashes; keeps a new node from cheap chains',
  ),

  option(
    'access',
    'ADMIN_ACCESS',
    'admin-access',
    'WHO',
    'loopback',
    'who may mine and change peers: loopback, token (needs API_TOKEN), open',
  ),
  option(
    'access',
    'API_TOKEN',
    'api-token',
    'SECRET',
    '',
    'token for ADMIN_ACCESS=token, at least 16 characters',
  ),
  option(
    'access',
    'ALLOWED_HOSTS',
    'allowed-hosts',
    'NAMES',
    '',
    'further host names under which browsers may reach the node, separated by commas',
  ),

  option(
    'policy',
    'MAX_BLOCK_TXS',
    'max-block-txs',
    'N',
    100,
    'most transactions that the miner puts into a block beside the coinbase',
  ),
  option(
    'policy',
    'MIN_RELAY_FEE_RATE',
    'min-relay-fee-rate',
    'RATE',
    100,
    'smallest fee rate taken into the mempool, in base units per 1,000 bytes',
  ),
  option(
    'policy',
    'MEMPOOL_MAX_MB',
    'mempool-max-mb',
    'MB',
    40,
    'largest mempool, in millions of bytes of transactions',
  ),
  option(
    'policy',
    'MEMPOOL_EXPIRY_HOURS',
    'mempool-expiry-hours',
    'HOURS',
    336,
    'a transaction waits no longer than this',
  ),

  option(
    'logging',
    'LOG_LEVEL',
    'log-level',
    'LEVEL',
    'info',
    'trace, debug, info, warn, error, fatal or silent',
  ),
  option(
    'logging',
    'LOG_FORMAT',
    'log-format',
    'FORMAT',
    'auto',
    'json, pretty, or auto: pretty on a terminal',
  ),
] as const satisfies readonly ConfigOption[];
