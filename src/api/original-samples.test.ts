/**
 * The 85 requests that were recorded with the Python original, in their order, against a whole node of ours: the same
 * statuses and fields, except where the table below says why not.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockFromJson, blockToJson, merkleRoot, type Target, txidOf } from '../consensus/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';
import { grind } from '../../test/support/chain-builder.ts';
import { readVectors } from '../../test/support/vector-files.ts';

interface Sample {
  readonly note: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly request_body: unknown;
  readonly status: number;
  readonly response: unknown;
}

interface Difference {
  readonly why: string;
  readonly status?: number;
  /** Fields that differ on purpose, with our values. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** A text of their answer that differs on purpose, and ours. */
  readonly instead?: readonly [string, string];
}

const samples = readVectors<Sample[]>('original-api-samples');

const MALFORMED = 'malformed is 422 everywhere (PROTOCOL 7)';
const DEFECT = 'the original broke inside';
const LOST_FEE: Difference = {
  why: 'the original’s miner lost the fee of a chained child',
  instead: ['5000001000', '5000002000'],
};

/** By the number of the sample. */
const DIFFERENCES: Readonly<Record<number, Difference>> = {
  6: { why: '/mine told a height one too high', fields: { height: 0 } },
  13: {
    why: 'a transaction that pays much more replaces another (asked of /tx/check: the story goes on without it)',
    status: 200,
  },
  15: { why: '/mine told a height one too high', fields: { height: 1 } },
  17: LOST_FEE,
  18: LOST_FEE,
  20: { why: MALFORMED, status: 422 },
  21: { why: 'hex in upper case is normalised', status: 200 },
  22: { why: MALFORMED, status: 422 },
  23: { why: MALFORMED, status: 422 },
  24: {
    why: 'hex in upper case is normalised: the same address, so the same coins',
    fields: { address: '28bff34c1c08327af2418f9f92ebac4482aaf81d', balance: 4_998_999_000, utxo_count: 1 },
  },
  25: { why: MALFORMED, status: 422 },
  26: { why: MALFORMED, status: 422 },
  27: { why: 'the original has no such path, we have', status: 200 },
  33: { why: DEFECT, status: 400 },
  37: { why: DEFECT, status: 422 },
  39: { why: DEFECT, status: 422 },
  44: { why: DEFECT, status: 422 },
  45: { why: MALFORMED, status: 422 },
  46: { why: DEFECT, status: 422 },
  47: { why: DEFECT, status: 422 },
  48: { why: DEFECT, status: 422 },
  56: { why: DEFECT, status: 422 },
  58: { why: 'coinbases of one address collided; now each has its own txid', status: 200 },
  67: { why: DEFECT, status: 400 },
  68: { why: MALFORMED, status: 422 },
  69: { why: MALFORMED, status: 422 },
  70: { why: DEFECT, status: 422 },
  73: { why: 'what is no address is no peer', status: 422 },
  74: { why: 'the original broke inside, and told its SQL', status: 422 },
  76: { why: 'only those that answer are in use, and nobody answers there', fields: { peers: [] } },
  82: { why: 'only those that answer are counted', fields: { peer_count: 0 } },
  83: LOST_FEE,
};

/** Hang on the hash of a block, on luck, or on the clock. */
const VOLATILE = new Set([
  ...['block_hash', 'prev_hash', 'merkle_root', 'tip_hash', 'nonce', 'timestamp', 'elapsed_seconds'],
  // The coinbase's locktime is the height with us, so its txid is another one, and with it whatever spends it.
  ...['txid', 'locktime', 'message', 'stored_peers'],
]);

/** JSON with bigints as the numbers they are. */
function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' ? `\u0001${item}\u0001` : item,
  ).replace(/"\\u0001(-?\d+)\\u0001"/g, '$1');
}

/** Every field of the original is there, of the same kind, and equal where it can be. */
function expectLike(ours: unknown, theirs: unknown, at: string): void {
  if (typeof theirs !== 'object' || theirs === null) {
    expect(ours, at).toEqual(theirs);
    return;
  }
  if (Array.isArray(theirs)) {
    expect(ours, at).toHaveLength(theirs.length);
    theirs.forEach((item, i) => expectLike((ours as unknown[])[i], item, `${at}[${i}]`));
    return;
  }
  for (const [name, value] of Object.entries(theirs)) {
    const our = (ours as Record<string, unknown>)[name];
    if (VOLATILE.has(name)) expect(typeof our, `${at}.${name}`).toBe(typeof value);
    else expectLike(our, value, `${at}.${name}`);
  }
}

describe('the original’s requests', () => {
  let node: ApiNode;
  let fresh: ApiNode;
  let empty: ApiNode;
  const urls = new Map<string, string>();
  /** Hashes of the original's blocks, and of those that stand in their place here. */
  const hashes = new Map<string, string>();
  /** A sample that is the same again sends what was sent before. */
  let lastBlock: unknown;

  beforeAll(async () => {
    const params = { defaultTarget: ((1n << 252n) - 1n) as Target, retargetInterval: 0 };
    [node, fresh, empty] = (await Promise.all([1, 2, 3].map(() => ApiNode.start({ params })))) as [
      ApiNode,
      ApiNode,
      ApiNode,
    ];
    for (const each of [node, fresh, empty]) each.clock.ms = 1_795_189_191_000;
    urls.set('http://127.0.0.1:18000', await node.listen());
    urls.set('http://127.0.0.1:18002', await empty.listen());
  });

  afterAll(async () => {
    for (const each of [fresh, node, empty]) await each.close();
  });

  /** The original's blocks stand on its own chain: the same block, with the same fault, on ours. */
  function transplanted(index: number, body: unknown): unknown {
    if (index === 60 || index === 62) return lastBlock;
    const read = blockFromJson(body);
    if (!read.ok || index === 63) return body;
    const tip = node.services.chain.tip;
    if (tip === null) throw new Error('the story has a tip here');
    const { header, transactions } = read.value;
    const moved = {
      ...header,
      prevHash: tip.hash,
      merkleRoot:
        index === 65 || transactions.length === 0
          ? header.merkleRoot
          : merkleRoot(transactions.map(txidOf)).root,
      timestamp: node.clock.nowS() + (index === 64 ? 7_300 : 0),
    };
    lastBlock = blockToJson({ header: index === 66 ? moved : grind(moved), transactions });
    return lastBlock;
  }

  test.each(samples.map((sample, index) => [index, sample] as const))('%i: $path', async (index, sample) => {
    const difference = DIFFERENCES[index];
    const isSync = sample.path === '/sync';
    const peerUrl = (sample.request_body as { peer_url?: string } | null)?.peer_url ?? '';
    let { path } = sample;
    let body = sample.request_body;
    if (index === 13) path = '/tx/check';
    if (sample.path === '/block') body = transplanted(index, body);
    if (isSync && peerUrl !== '') body = { peer_url: urls.get(peerUrl) ?? 'http://127.0.0.1:1' };
    for (const [theirs, ours] of hashes) {
      path = path.replace(theirs, ours).replace(theirs.toUpperCase(), ours.toUpperCase());
    }

    // A node that knows nothing yet syncs: ours is the one with the longer chain.
    const answer = await (isSync ? fresh : node).app.inject({
      method: sample.method,
      url: path,
      ...(body === null
        ? {}
        : {
            headers: { 'content-type': 'application/json' },
            payload: typeof body === 'string' ? body : exactJson(body),
          }),
    });
    const json: unknown = answer.json();
    expect(answer.statusCode, JSON.stringify(json)).toBe(difference?.status ?? sample.status);
    expect(answer.headers['content-type']).toContain('application/json');

    if (answer.statusCode === 200 && sample.status === 200) {
      const [theirText, ourText] = difference?.instead ?? ['', ''];
      const theirs = JSON.parse(
        exactJson(sample.response).replaceAll(theirText || ' ', ourText || ' '),
      ) as object;
      expectLike(json, { ...theirs, ...difference?.fields }, 'answer');
    }
    if (answer.statusCode >= 400) {
      expect(json).toMatchObject({
        detail: expect.any(String),
        reason: expect.any(String),
        status: answer.statusCode,
      });
    }
    const theirHash = (sample.response as { block_hash?: string }).block_hash;
    if (theirHash !== undefined && sample.path === '/mine')
      hashes.set(theirHash, (json as { block_hash: string }).block_hash);
    // A block must be later than the median of those before; the original did not mind.
    if (index >= 6) for (const each of [node, fresh, empty]) each.wait(1);
  });

  test('the genesis block is the same block', () => {
    const [theirs, ours] = [...hashes][0] ?? [];
    expect(ours).toBe(theirs);
  });
});
