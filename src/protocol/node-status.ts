/** How the node is, and which network it belongs to. */
import { type Static, Type } from '@sinclair/typebox';
import { amount, count, hash, nullable, refTo, target, words } from './fields.ts';

/** How far the node is behind the best chain that it knows headers of. */
export const SyncProgress = Type.Object(
  {
    state: words(['idle', 'headers', 'blocks'], {
      description:
        '`headers`: looking at headers; `blocks`: fetching blocks; `idle`: nothing better is known.',
    }),
    target_height: Type.Integer({ minimum: -1, description: 'Height of the best chain that is known.' }),
    percent: Type.Number({ minimum: 0, maximum: 100 }),
    blocks_per_second: Type.Number({ minimum: 0 }),
    eta_seconds: nullable(Type.Number({ minimum: 0 }), { description: 'null when it cannot be told.' }),
    peers: count('Peers that blocks are fetched from.'),
  },
  { $id: 'SyncProgress' },
);
export type SyncProgress = Static<typeof SyncProgress>;

export const HealthAnswer = Type.Object({
  status: Type.String({ examples: ['healthy'] }),
  node_name: Type.String(),
  chain_height: Type.Integer({ minimum: -1, description: '-1 when the chain is empty.' }),
  tip_hash: nullable(hash('Hash of the tip.')),
  utxo_count: count('Unspent coins.'),
  mempool_size: count('Waiting transactions.'),
  peer_count: count('Peers in use.'),
  version: Type.String({ description: 'Version of the node’s software.' }),
  uptime_seconds: Type.Number({ minimum: 0 }),
  sync: refTo(SyncProgress),
});
export type HealthAnswer = Static<typeof HealthAnswer>;

export const ReadyAnswer = Type.Object({
  ready: Type.Boolean(),
  state: words(['starting', 'running', 'stopping']),
});
export type ReadyAnswer = Static<typeof ReadyAnswer>;

export const ParamsAnswer = Type.Object({
  default_target: target('The target at height 0.'),
  block_reward: amount('What the first blocks create.'),
  halving_interval: count('The reward halves every so many blocks; 0 = never.'),
  retarget_interval: count('The target adapts every so many blocks; 0 = never.'),
  target_block_time: count('Seconds that a block should take.'),
  coinbase_maturity: count('A reward can be spent so many blocks later.'),
  max_block_size: count('Bytes.'),
  max_money: amount('No amount may exceed it.'),
  base_units_per_coin: count('Base units of one coin.'),
  genesis_hash: nullable(hash('Hash of the block at height 0; null while there is none.')),
});
export type ParamsAnswer = Static<typeof ParamsAnswer>;
