/**
 * docs/network-example.json is what the encoders make, and what the decoders read. After a change on purpose,
 * `npx vitest run --project unit src/network/worked-example.test.ts -u` writes it anew.
 */
import { readFileSync } from 'node:fs';
import { Value } from '@sinclair/typebox/value';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { exampleBlocks, networkExample } from '../../test/support/network-example.ts';
import {
  type Block,
  blockHashOf,
  bytesToHex,
  decodeBlock,
  decodeTransaction,
  hexToBytes,
  type Transaction,
  type Verdict,
  wtxidOf,
} from '../consensus/index.ts';
import { complete, decodeCompactBlock, fillFrom } from './compact-block.ts';
import { readFrames } from './frames.ts';
import { AddressesMessage, HelloAnswer, HelloRequest, PingMessage } from './handshake.ts';
import {
  decodeAnnouncement,
  decodeBlockRequest,
  decodeBlockTransactionsRequest,
  decodeHash,
  decodeHeaders,
  decodeLocator,
  decodeMempoolIds,
  decodeTransactionRequest,
} from './messages.ts';

const FILE = new URL('../../docs/network-example.json', import.meta.url);
const MAX_BLOCK_SIZE = 1_000_000;

type Example = ReturnType<typeof networkExample>;
const example = JSON.parse(readFileSync(FILE, 'utf8')) as Example;
const [block0, , block2] = exampleBlocks() as [Block, Block, Block];

function decoded<T>(hex: string, decode: (bytes: Uint8Array) => Verdict<T>): T {
  const verdict = decode(hexToBytes(hex));
  if (!verdict.ok) throw new Error(verdict.detail);
  return verdict.value;
}

/** The frames of an answer that arrives byte by byte. */
async function framesOf(hex: string): Promise<Uint8Array[]> {
  async function* dripping(): AsyncGenerator<Uint8Array> {
    for (const byte of hexToBytes(hex)) yield Uint8Array.of(byte);
  }
  const frames: Uint8Array[] = [];
  const bounds = { maxFrames: 16, maxFrameBytes: MAX_BLOCK_SIZE };
  for await (const frame of readFrames(dripping(), bounds)) frames.push(Uint8Array.from(frame));
  return frames;
}

describe('docs/network-example.json', () => {
  it('holds what the encoders make', async () => {
    const json = await format(JSON.stringify(networkExample(), null, 2), { parser: 'json', printWidth: 110 });
    await expect(json).toMatchFileSnapshot(FILE.pathname);
  });

  it('has JSON that the schemas take', () => {
    for (const { request, answer } of example.hello) {
      expect([...Value.Errors(HelloRequest, request)]).toEqual([]);
      expect([...Value.Errors(HelloAnswer, answer)]).toEqual([]);
    }
    for (const message of [example.ping.request, example.ping.answer])
      expect([...Value.Errors(PingMessage, message)]).toEqual([]);
    expect([...Value.Errors(AddressesMessage, example.addresses.answer)]).toEqual([]);
  });

  it('has requests that mean what they say', () => {
    const { headers, blocks, transactions, block_transactions: places, compact_block: compact } = example;
    expect(headers.request).toMatchObject({ locator: decoded(headers.request.bytes, decodeLocator) });
    expect(blocks.request).toMatchObject({ hashes: decoded(blocks.request.bytes, decodeBlockRequest) });
    expect(transactions.request).toMatchObject({
      names: decoded(transactions.request.bytes, decodeTransactionRequest),
    });
    expect(compact.request).toMatchObject({ hash: decoded(compact.request.bytes, decodeHash) });
    expect(places.request).toMatchObject(
      decoded(places.request.bytes, (bytes) => decodeBlockTransactionsRequest(bytes, MAX_BLOCK_SIZE)),
    );
    for (const { request } of [example.announce_block, example.announce_transaction]) {
      const { headers: told, wtxids } = decoded(request.bytes, decodeAnnouncement);
      expect(request).toMatchObject({ headers: told.map(blockHashOf), wtxids });
    }
  });

  it('has answers that mean what they say', async () => {
    const { headers, mempool, blocks, transactions, block_transactions: places } = example;
    expect(headers.answer).toMatchObject({
      headers: decoded(headers.answer.bytes, decodeHeaders).map(blockHashOf),
    });
    expect(mempool.answer).toMatchObject({ wtxids: decoded(mempool.answer.bytes, decodeMempoolIds) });
    const transactionOf = (frame: Uint8Array): Transaction => decoded(bytesToHex(frame), decodeTransaction);
    const [block, noBlock] = await framesOf(blocks.answer.bytes);
    expect([block && decoded(bytesToHex(block), decodeBlock), noBlock?.length]).toEqual([block0, 0]);
    const [tx, noTx] = await framesOf(transactions.answer.bytes);
    expect([tx && wtxidOf(transactionOf(tx)), noTx?.length]).toEqual([
      wtxidOf(block2.transactions[1] as Transaction),
      0,
    ]);
    const found = (await framesOf(places.answer.bytes)).map(transactionOf);
    expect(found).toEqual([block2.transactions[0], block2.transactions[2]]);
  });

  it('has a compact block that becomes the block again', () => {
    const { answer } = example.compact_block;
    const compact = decoded(answer.bytes, (bytes) => decodeCompactBlock(bytes, MAX_BLOCK_SIZE));
    expect(answer).toMatchObject({ nonce: compact.nonce, short_ids: compact.shortIds });
    const [, first, second] = block2.transactions as [Transaction, Transaction, Transaction];
    expect(complete(fillFrom(compact, [second, first]), [])).toEqual(block2);
    const partial = fillFrom(compact, [first]);
    expect(partial.missing).toEqual([2]);
    expect(complete(partial, [second])).toEqual(block2);
  });
});
