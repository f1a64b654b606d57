import { describe, expect, test } from 'vitest';
import vectorsText from '../../../test/vectors/merkle.json?raw';
import { leavesOf, merkleView } from './merkle-view.ts';

describe('a merkle tree to look at', () => {
  test('has the roots of the vectors', () => {
    const { trees } = JSON.parse(vectorsText) as { trees: { leaves: string[]; root: string }[] };
    for (const { leaves, root } of trees) expect(merkleView(leaves).root.hash).toBe(root);
  });

  test('an odd row pairs its last node with itself', () => {
    const view = merkleView(leavesOf('a\nb\nc').map(({ hash }) => hash));
    expect(view.rows.map((row) => row.length)).toEqual([3, 2, 1]);
    const [, odd] = view.rows[1] ?? [];
    expect(odd?.left).toBe(odd?.right);
    expect(odd?.middle).toBe(2.5);
    expect(view.root.middle).toBe(1.75);
    expect(view.isMutated).toBe(false);
  });

  test('a repeated end has the root of the list without it, and is noticed', () => {
    const hashes = (text: string): string[] => leavesOf(text).map(({ hash }) => hash);
    const twice = merkleView(hashes('a\nb\nc\nc'));
    expect(twice.root.hash).toBe(merkleView(hashes('a\nb\nc')).root.hash);
    expect(twice.isMutated).toBe(true);
  });

  test('lines that are txids are taken as they are, empty ones not at all', () => {
    const txid = 'AB'.repeat(32);
    expect(leavesOf(` ${txid} \n\nx\n`)).toMatchObject([
      { hash: txid.toLowerCase(), isHashed: false },
      { text: 'x', isHashed: true },
    ]);
  });
});
