/** Every schema, by area; and the list of those that have a name of their own. */
import type { TSchema } from '@sinclair/typebox';
import { Block, BlockRequest, BlockSummary, ChainTip, HeaderEntry, Reorg } from './blocks.ts';
import { HistoryEntry, Utxo } from './addresses.ts';
import { ErrorAnswer } from './errors.ts';
import { EventData, TopicSnapshots, TreeBlock, WaitingTransaction } from './events.ts';
import { TemplateEntry } from './mempool.ts';
import { FoundBlock, MinedBlock } from './mining.ts';
import { SyncProgress } from './node-status.ts';
import { PeerMessage } from './peer-messages.ts';
import { StoredPeer } from './peers.ts';
import { BlockStats } from './statistics.ts';
import { SandboxBlock, SandboxNodeState, SandboxPayment, SandboxRace, SandboxStoryEntry } from './sandbox.ts';
import {
  Header,
  MerkleStep,
  SpentOutput,
  Transaction,
  TransactionInput,
  TransactionOutput,
  TransactionRequest,
} from './transactions.ts';

export * from './addresses.ts';
export * from './blocks.ts';
export * from './chain-tree.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './mempool.ts';
export * from './mining.ts';
export * from './node-status.ts';
export * from './peer-messages.ts';
export * from './peers.ts';
export * from './statistics.ts';
export * from './sandbox.ts';
export * from './transactions.ts';

/** What `$ref`s in the other schemas point at. */
export const NAMED_SCHEMAS: readonly TSchema[] = [
  ErrorAnswer,
  TransactionInput,
  TransactionOutput,
  Transaction,
  TransactionRequest,
  SpentOutput,
  MerkleStep,
  Header,
  Block,
  BlockRequest,
  BlockSummary,
  HeaderEntry,
  ChainTip,
  Reorg,
  SyncProgress,
  Utxo,
  HistoryEntry,
  MinedBlock,
  BlockStats,
  FoundBlock,
  TemplateEntry,
  StoredPeer,
  PeerMessage,
  SandboxBlock,
  SandboxNodeState,
  SandboxPayment,
  SandboxRace,
  SandboxStoryEntry,
  TreeBlock,
  WaitingTransaction,
  EventData,
  TopicSnapshots,
];
