/**
 * The example of docs/network.md: one message of each kind, about the three blocks of docs/worked-example.json. Everything in it
 * comes out of the real encoders; nothing is random, so that another program can be held against it.
 */
import { readFileSync } from 'node:fs';
import {
  type Block,
  type BlockHash,
  blockHashOf,
  bytesToHex,
  concatBytes,
  decodeBlock,
  DEFAULT_PARAMS,
  encodeBlock,
  encodeHeader,
  encodeTransaction,
  hexToBytes,
  sha256,
  type Transaction,
  type Txid,
  wtxidOf,
} from '../../src/consensus/index.ts';
import { compactBlockOf, encodeCompactBlock } from '../../src/network/compact-block.ts';
import {
  type AboutNode,
  type HelloAnswer,
  type HelloRequest,
  helloParams,
} from '../../src/network/handshake.ts';
import {
  encodeAnnouncement,
  encodeBlockTransactionsRequest,
  encodeFrame,
  encodeHashes,
  encodeHeaders,
  encodeTransactionRequest,
  P2P_VERSION,
  type TransactionName,
} from '../../src/network/messages.ts';

/** Two nodes: the caller of the first hello, and the called one. */
const A = { id: 'aa'.repeat(16), url: 'http://127.0.0.1:8001', name: 'node-a' };
const B = { id: 'bb'.repeat(16), url: 'http://127.0.0.1:8002', name: 'node-b' };
const CALL_OF_A = '0a'.repeat(16);
const CALL_OF_B = '0b'.repeat(16);
const SESSION_AT_A = '5a'.repeat(16);
const SESSION_AT_B = '5b'.repeat(16);
const COMPACT_NONCE = '0102030405060708';
/** Of a block or transaction that nobody has. */
const UNKNOWN = '11'.repeat(32);
/** A minute after the last block. */
const TIME_S = 1_767_225_680;
const WORK_OF_ONE = 2 ** 20;

/** The blocks of docs/worked-example.json, from height 0 up. */
export function exampleBlocks(): Block[] {
  const url = new URL('../../docs/worked-example.json', import.meta.url);
  const { blocks } = JSON.parse(readFileSync(url, 'utf8')) as { blocks: { full_bytes: string }[] };
  return blocks.map(({ full_bytes: bytes }) => {
    const block = decodeBlock(hexToBytes(bytes));
    if (!block.ok) throw new Error(block.detail);
    return block.value;
  });
}

/** Bytes in hex, and beside them what they mean. */
interface Explained {
  readonly bytes: string;
  readonly [part: string]: unknown;
}

interface BytesMessage {
  readonly path: string;
  readonly request: Explained;
  readonly answer: Explained;
}

export interface NetworkExample {
  readonly about: string;
  readonly hello: { readonly request: HelloRequest; readonly answer: HelloAnswer }[];
  readonly ping: { readonly request: object; readonly answer: object };
  readonly addresses: { readonly request: object; readonly answer: { addresses: string[] } };
  readonly headers: BytesMessage;
  readonly announce_block: BytesMessage;
  readonly announce_transaction: BytesMessage;
  readonly transactions: BytesMessage;
  readonly mempool: BytesMessage;
  readonly compact_block: BytesMessage;
  readonly block_transactions: BytesMessage;
  readonly blocks: BytesMessage;
}

export function networkExample(): NetworkExample {
  const [block0, block1, block2] = exampleBlocks() as [Block, Block, Block];
  const [hash0, hash1, hash2] = [block0, block1, block2].map(({ header }) => blockHashOf(header)) as [
    BlockHash,
    BlockHash,
    BlockHash,
  ];
  const [, first, second] = block2.transactions as [Transaction, Transaction, Transaction];
  const tipOf = (height: number): AboutNode['tip'] => ({
    height,
    hash: [hash0, hash1, hash2][height] ?? '',
    chain_work: String((height + 1) * WORK_OF_ONE),
  });
  const about = ({ id, name }: typeof A, height: number): AboutNode => ({
    protocol: P2P_VERSION,
    node_id: id,
    node_name: name,
    agent: 'mini-bitcoin/0.1.0',
    params: helloParams(DEFAULT_PARAMS),
    time: TIME_S,
    tip: tipOf(height),
  });
  const names: TransactionName[] = [
    { kind: 'wtxid', id: wtxidOf(first) },
    { kind: 'txid', id: UNKNOWN as Txid },
  ];
  const compact = compactBlockOf(block2, COMPACT_NONCE);
  return {
    about:
      'The example of docs/network.md, complete. Its blocks are those of docs/worked-example.json; bytes are hex. ' +
      'A has block 0 only, B has all three.',
    hello: [
      {
        request: { ...about(A, 0), url: A.url, port: null, call_id: CALL_OF_A, answers_call: null },
        answer: { ...about(B, 2), session: SESSION_AT_B, confirms_call: false },
      },
      {
        request: { ...about(B, 2), url: B.url, port: null, call_id: CALL_OF_B, answers_call: CALL_OF_A },
        answer: { ...about(A, 0), session: SESSION_AT_A, confirms_call: true },
      },
    ],
    ping: { request: { tip: tipOf(0) }, answer: { tip: tipOf(2) } },
    addresses: { request: {}, answer: { addresses: ['http://127.0.0.1:8003', 'http://node4.example:8000'] } },
    headers: {
      path: '/p2p/headers',
      request: { locator: [hash0], bytes: bytesToHex(encodeHashes([hash0])) },
      answer: { headers: [hash1, hash2], bytes: bytesToHex(encodeHeaders([block1.header, block2.header])) },
    },
    announce_block: {
      path: '/p2p/announce',
      request: {
        headers: [hash2],
        wtxids: [],
        bytes: bytesToHex(encodeAnnouncement({ headers: [block2.header], wtxids: [] })),
      },
      answer: { bytes: '' },
    },
    announce_transaction: {
      path: '/p2p/announce',
      request: {
        headers: [],
        wtxids: [wtxidOf(first)],
        bytes: bytesToHex(encodeAnnouncement({ headers: [], wtxids: [wtxidOf(first)] })),
      },
      answer: { bytes: '' },
    },
    transactions: {
      path: '/p2p/transactions',
      request: { names, bytes: bytesToHex(encodeTransactionRequest(names)) },
      answer: {
        found: [wtxidOf(first), null],
        bytes: bytesToHex(concatBytes(encodeFrame(encodeTransaction(first)), encodeFrame())),
      },
    },
    mempool: {
      path: '/p2p/mempool',
      request: { bytes: '' },
      answer: {
        wtxids: [first, second].map(wtxidOf),
        bytes: bytesToHex(encodeHashes([first, second].map(wtxidOf))),
      },
    },
    compact_block: {
      path: '/p2p/compact-block',
      request: { hash: hash2, bytes: hash2 },
      answer: {
        nonce: COMPACT_NONCE,
        key: bytesToHex(sha256(concatBytes(encodeHeader(block2.header), hexToBytes(COMPACT_NONCE)))),
        wtxids: [first, second].map(wtxidOf),
        short_ids: compact.shortIds,
        prefilled: [0],
        bytes: bytesToHex(encodeCompactBlock(compact)),
      },
    },
    block_transactions: {
      path: '/p2p/block-transactions',
      request: {
        hash: hash2,
        indexes: [0, 2],
        bytes: bytesToHex(encodeBlockTransactionsRequest({ hash: hash2, indexes: [0, 2] })),
      },
      answer: {
        bytes: bytesToHex(
          concatBytes(
            ...[block2.transactions[0], second].map((tx) =>
              encodeFrame(encodeTransaction(tx as Transaction)),
            ),
          ),
        ),
      },
    },
    blocks: {
      path: '/p2p/blocks',
      request: { hashes: [hash0, UNKNOWN], bytes: bytesToHex(encodeHashes([hash0, UNKNOWN])) },
      answer: {
        found: [hash0, null],
        bytes: bytesToHex(concatBytes(encodeFrame(encodeBlock(block0)), encodeFrame())),
      },
    },
  };
}
