/**
 * The schema's history, oldest first. Names are compared with those in the database, and what was released is never edited.
 * A plain object, not a folder that is read at run time: it survives bundling and costs no I/O.
 */
import type { Migration } from 'kysely';
import * as blocks from './0001-blocks.ts';
import * as coins from './0002-coins.ts';
import * as mempoolAndPeers from './0003-mempool-and-peers.ts';
import * as chainParams from './0004-chain-params.ts';
import * as peerFacts from './0005-peer-facts.ts';
import * as binaryBodies from './0006-binary-bodies.ts';
import * as undoIndex from './0007-undo-index.ts';
import * as coinbaseIndex from './0008-coinbase-index.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-blocks': blocks,
  '0002-coins': coins,
  '0003-mempool-and-peers': mempoolAndPeers,
  '0004-chain-params': chainParams,
  '0005-peer-facts': peerFacts,
  '0006-binary-bodies': binaryBodies,
  '0007-undo-index': undoIndex,
  '0008-coinbase-index': coinbaseIndex,
};
