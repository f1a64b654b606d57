/**
 * Rules for a block's body that need no coins (Core: CheckBlock, ContextualCheckBlock).
 *
 * Order matters: first what is cheap and tells whether these are the transactions that the hash commits to at all (size,
 * merkle root, mutation). Only once the merkle root has matched may anything be blamed on the block's hash.
 */
import { blockSize, type Block } from './block.ts';
import { checkTransaction } from './check-transaction.ts';
import { merkleRoot } from './merkle.ts';
import type { ChainParams } from './params.ts';
import { asBlockFailure, fail, OK, type Verdict } from './reasons.ts';
import { isCoinbase, txidOf } from './transaction.ts';

/** Rules that need nothing but the block and its height. */
export function checkBlock(block: Block, height: number, params: ChainParams): Verdict {
  const { header, transactions } = block;
  const size = blockSize(block);
  if (size > params.maxBlockSizeBytes)
    return fail('bad-blk-length', `${size} bytes; ${params.maxBlockSizeBytes} are allowed`);
  const coinbase = transactions[0];
  if (coinbase === undefined)
    return fail('bad-cb-missing', 'the block has no transactions, not even a coinbase', 'mutated');

  const { root, mutated } = merkleRoot(transactions.map(txidOf));
  if (root !== header.merkleRoot)
    return fail('bad-txnmrklroot', `the header says ${header.merkleRoot}, the transactions give ${root}`);
  if (mutated) return fail('bad-txns-duplicate', 'two equal nodes stand side by side in the merkle tree');

  if (!isCoinbase(coinbase)) return fail('bad-cb-missing', 'the first transaction is not a coinbase');
  const second = transactions.findIndex((tx, index) => index > 0 && isCoinbase(tx));
  if (second > 0) return fail('bad-cb-multiple', `transaction ${second} is another coinbase`);

  for (const [index, tx] of transactions.entries()) {
    const verdict = checkTransaction(tx, params);
    if (!verdict.ok) return asBlockFailure(verdict, `transaction ${index} (${txidOf(tx)})`);
  }
  if (coinbase.locktime !== height) {
    return fail(
      'bad-cb-height',
      `the coinbase's locktime is ${coinbase.locktime}, the block's height ${height}`,
    );
  }
  return OK;
}
