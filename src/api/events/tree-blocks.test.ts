import { describe, expect, test } from 'vitest';
import { blockToJson } from '../../consensus/index.ts';
import { ChainBuilder } from '../../../test/support/chain-builder.ts';
import { runNode } from '../../../test/support/running-node.ts';

describe('GET /chain/tree', () => {
  test('gives the chain and the branches between two heights, lowest first, and no more than fit', async () => {
    const { client } = await runNode();
    const chain = new ChainBuilder().extend(250, 'a').fork('a2').extend(3, 'b').fork('b4').extend(2, 'c');
    for (const { block } of chain.all) await client.submitBlock(blockToJson(block));

    const part = await client.chainTree({ from: 3, to: 5 });
    expect([part.from, part.to, part.height]).toEqual([3, 5, 250]);
    const names = new Map(chain.all.map(({ hash }, i) => [hash as string, i]));
    expect(part.blocks.map(({ block_hash: hash, status }) => [names.has(hash), status])).toHaveLength(7);
    expect(part.blocks.map(({ height }) => height)).toEqual([3, 3, 4, 4, 5, 5, 5]);
    expect(part.blocks.filter(({ status }) => status === 'active')).toHaveLength(3);
    expect(part.blocks.find(({ block_hash: hash }) => hash === chain.at('c5').hash)).toMatchObject({
      ...{ height: 5, status: 'valid-fork', transaction_count: 1 },
    });

    const most = await client.chainTree({ from: 0, to: 10_000 });
    expect([most.to, most.blocks.length]).toEqual([199, 205]);
    expect((await client.chainTree({ from: 251 })).blocks).toEqual([]);
    await expect(client.chainTree({ from: -1 })).rejects.toMatchObject({ status: 422 });
  });
});
