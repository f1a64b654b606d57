/** How everything stands, by topic: what a client gets first, and again where it missed too much. */
import type { MempoolEntry } from '../../mempool/index.ts';
import {
  SNAPSHOT_ADDRESS_TRANSACTIONS,
  SNAPSHOT_MESSAGES,
  SNAPSHOT_TRANSACTIONS,
  type Topic,
  type TopicSnapshots,
} from '../../protocol/index.ts';
import { reorgMessage } from '../routes/chain.ts';
import { mempoolInfo } from '../routes/mempool.ts';
import { statusAnswer } from '../routes/mining.ts';
import { loggedMessage } from '../routes/peer-messages.ts';
import { peerMessage } from '../routes/peers.ts';
import { syncMessage } from '../routes/system.ts';
import type { ServedBlocks } from '../served-blocks.ts';
import type { ApiServices } from '../services.ts';
import { addressOfTopic } from './followed-addresses.ts';
import { waitingTransaction } from './node-events.ts';
import { treeNear } from './tree-blocks.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** @param beforePeers called right before the peers are listed */
export async function snapshotOf(
  topics: readonly Topic[],
  services: ApiServices,
  servedBlocks: ServedBlocks,
  beforePeers: () => void,
): Promise<TopicSnapshots> {
  const { chain, mempool, miner, peers, reorgs, store } = services;
  const data: Mutable<TopicSnapshots> = {};
  for (const topic of topics) {
    switch (topic) {
      case 'blocks': {
        const { height, tip } = chain;
        data.blocks = { height, tip_hash: tip?.hash ?? null, blocks: await treeNear(chain, servedBlocks) };
        break;
      }
      case 'reorgs':
        data.reorgs = reorgs.latest().map(reorgMessage);
        break;
      case 'mempool':
        data.mempool = {
          info: mempoolInfo(mempool),
          transactions: first(mempool.byMiningScore(), SNAPSHOT_TRANSACTIONS).map(waitingTransaction),
        };
        break;
      case 'mining':
        data.mining = statusAnswer(miner.status());
        break;
      case 'peers':
        beforePeers();
        data.peers = { peers: peers.list().map(peerMessage), sync: syncMessage(peers.progress()) };
        break;
      case 'messages':
        data.messages = {
          messages: services.messages
            .list({}, SNAPSHOT_MESSAGES)
            .map((message) => loggedMessage(message, chain)),
        };
        break;
      default: {
        const address = addressOfTopic(topic);
        if (address === undefined) break;
        const { balance, coinCount } = await store.balance(address);
        const waiting = mempool.touching(address);
        data.addresses ??= {};
        data.addresses[address] = {
          balance,
          utxo_count: coinCount,
          height: chain.height,
          waiting: waiting.slice(0, SNAPSHOT_ADDRESS_TRANSACTIONS).map(({ txid }) => txid),
          waiting_count: waiting.length,
        };
      }
    }
  }
  return data;
}

function first(entries: Iterable<MempoolEntry>, count: number): MempoolEntry[] {
  const found: MempoolEntry[] = [];
  for (const entry of entries) {
    if (found.length === count) break;
    found.push(entry);
  }
  return found;
}
