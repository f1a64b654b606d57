import { describe, expect, it } from 'vitest';
import {
  type Block,
  type BlockHash,
  blockHashOf,
  hashMeetsTarget,
  type Target,
  type Txid,
} from '../consensus/index.ts';
import { OrphanBlocks } from './orphan-blocks.ts';

/** A block that stands nowhere, with as little work as its target claims. */
function block(prev: string, target: bigint): Block {
  for (let nonce = 0; ; nonce++) {
    const header = {
      version: 1,
      prevHash: prev.repeat(32) as BlockHash,
      merkleRoot: '00'.repeat(32),
      timestamp: 1,
      target: target as Target,
      nonce,
    };
    if (hashMeetsTarget(blockHashOf(header), header.target)) return { header, transactions: [] };
  }
}

const easy = 2n ** 256n - 1n;
const harder = 2n ** 250n;

describe('OrphanBlocks', () => {
  it('gives back the children of a parent, once', () => {
    const orphans = new OrphanBlocks();
    const [a, b, other] = [block('aa', easy), block('aa', easy - 1n), block('bb', easy)];
    for (const orphan of [a, b, other, a]) expect(orphans.add(orphan)).toBe(true);
    expect(orphans.size).toBe(3);
    expect(orphans.takeChildrenOf('aa'.repeat(32) as BlockHash)).toEqual([a, b]);
    expect(orphans.takeChildrenOf('aa'.repeat(32) as BlockHash)).toEqual([]);
    expect(orphans.size).toBe(1);
  });

  it('holds nothing that does not even meet its own target', () => {
    const orphans = new OrphanBlocks();
    expect(
      orphans.add({ ...block('aa', easy), header: { ...block('aa', easy).header, target: 1n as Target } }),
    ).toBe(false);
  });

  it('gives up those with the least work when there is no room', () => {
    const orphans = new OrphanBlocks(2);
    const hard = block('aa', harder);
    expect(orphans.add(hard)).toBe(true);
    for (let i = 0n; i < 5n; i++) orphans.add(block('bb', easy - i));
    expect(orphans.size).toBe(2);
    expect(orphans.takeChildrenOf('aa'.repeat(32) as BlockHash)).toEqual([hard]);
  });

  it('holds a few copies of one hash, the latest, and never lets them push out other blocks', () => {
    const orphans = new OrphanBlocks(5);
    const other = block('bb', easy);
    orphans.add(other);
    const good = block('aa', easy);
    const copy = (signature: number): Block => ({
      ...good,
      transactions: [
        {
          version: 1,
          inputs: [
            {
              prevTxid: '00'.repeat(32) as Txid,
              prevIndex: 0,
              signature: Uint8Array.of(signature),
              pubkey: new Uint8Array(),
            },
          ],
          outputs: [],
          locktime: 0,
        },
      ],
    });
    for (let i = 0; i < 20; i++) expect(orphans.add(copy(i))).toBe(true);
    expect(orphans.takeChildrenOf('bb'.repeat(32) as BlockHash)).toEqual([other]);
    expect(orphans.takeChildrenOf('aa'.repeat(32) as BlockHash)).toEqual([16, 17, 18, 19].map(copy));
  });

  it('counts bytes too', () => {
    const orphans = new OrphanBlocks(100, 250);
    for (let i = 0n; i < 5n; i++) orphans.add(block('bb', easy - i));
    expect(orphans.size).toBe(2); // 109 bytes each
  });
});
