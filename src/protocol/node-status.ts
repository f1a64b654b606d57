/** How the node is, and which network it belongs to. */
import { type Static, Type } from '@sinclair/typebox';
import { amount, count, hash, nullable, target, words } from './fields.ts';

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
