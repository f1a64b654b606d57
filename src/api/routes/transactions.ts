/** Transactions: handing in, checking, looking up, proving; and single coins. */
import { Type } from '@sinclair/typebox';
import {
  type Coin,
  decodeTransaction,
  headerToJson,
  isCoinbase,
  merkleProof,
  outpointKey,
  type Transaction,
  transactionFromJson,
  transactionSize,
  transactionToJson,
  type Txid,
  txidOf,
} from '../../consensus/index.ts';
import type { MempoolEntry } from '../../mempool/index.ts';
import {
  CheckTransactionAnswer,
  CoinAnswer,
  hashInput,
  SubmitTransactionAnswer,
  type TransactionAnswer,
  TransactionAnswer as TransactionSchema,
  TransactionProofAnswer,
  TransactionRequest,
} from '../../protocol/index.ts';
import { acceptBytes, BYTES_TYPE, readSubmission } from '../body-parsing.ts';
import { notFound, refusalOf } from '../refusal.ts';
import { type Api, answers, readByConsensus, type RouteContext } from '../route-context.ts';
import type { ConfirmedTransaction } from '../served-blocks.ts';
import { confirmationsOf } from './block-views.ts';

const TxidPath = Type.Object({ txid: hashInput('A transaction’s id.') });
const CoinPath = Type.Object({
  txid: hashInput('The transaction that created the coin.'),
  index: Type.Integer({ minimum: 0, maximum: 0xffffffff, description: 'Which of its outputs.' }),
});

export function transactionRoutes(app: Api, context: RouteContext): void {
  const { services, servedBlocks, limits } = context;
  const { chain, store, mempool } = services;

  app.register(async (scope: Api) => {
    acceptBytes(scope);
    const schema = {
      tags: ['transactions'],
      consumes: ['application/json', BYTES_TYPE],
      body: readByConsensus(TransactionRequest),
    };
    const readBody = (body: unknown): Transaction =>
      readSubmission<Transaction>(body, decodeTransaction, transactionFromJson);

    scope.post(
      '/tx',
      {
        bodyLimit: limits.transactionBodyBytes,
        schema: {
          ...schema,
          summary: 'Hand in a transaction',
          description:
            'JSON, or the transaction’s full bytes as `application/octet-stream`. When the answer is 200 it waits in the ' +
            'mempool and survives a restart. One that spends unknown coins is refused, but may be held until they arrive.',
          response: answers(SubmitTransactionAnswer, 'It was taken.', [400, 409, 413, 415]),
        },
      },
      async (request) => {
        const source = request.socket.remoteAddress;
        const verdict = await mempool.accept(readBody(request.body), source === undefined ? {} : { source });
        if (!verdict.ok) throw refusalOf(verdict);
        const { txid, fee, sizeBytes, replaced, evicted } = verdict.value;
        return { txid, fee, size: sizeBytes, replaced: [...replaced], evicted: [...evicted] };
      },
    );

    scope.post(
      '/tx/check',
      {
        bodyLimit: limits.transactionBodyBytes,
        schema: {
          ...schema,
          summary: 'What POST /tx would say, without doing it',
          description:
            'Always 200 for a readable transaction: a refusal by the rules is the answer, not an error.',
          response: answers(CheckTransactionAnswer, 'The verdict.', [413, 415]),
        },
      },
      async (request) => {
        const report = await mempool.check(readBody(request.body));
        const { verdict } = report;
        return {
          txid: report.txid,
          size: report.sizeBytes,
          allowed: verdict.ok,
          reason: verdict.ok ? null : verdict.reason,
          class: verdict.ok ? null : verdict.class,
          detail: verdict.ok ? null : verdict.detail,
          fee: report.fee ?? null,
          fee_per_kb: report.feePerKb ?? null,
          min_fee_per_kb: report.minimumFeePerKb,
          ancestors: [...report.ancestors],
          replaced: [...report.replaced],
          evicted: [...report.evicted],
          missing_parents: [...report.missingParents],
          would_be_held: report.wouldBeHeld,
        };
      },
    );
  });

  app.get(
    '/tx/:txid',
    {
      schema: {
        tags: ['transactions'],
        summary: 'A transaction, waiting or confirmed',
        params: TxidPath,
        response: answers(TransactionSchema, 'The transaction and where it is.', [404]),
      },
    },
    async (request) => {
      const txid = request.params.txid.toLowerCase() as Txid;
      const waiting = mempool.get(txid);
      if (waiting !== undefined) return waitingView(waiting);
      const found = await servedBlocks.find(txid);
      if (found !== undefined)
        return confirmedView(found, await spentBy(found), confirmationsOf(chain, found.node));
      // It may have been mined between the two questions, or come back from a block.
      const back = mempool.get(txid);
      if (back !== undefined) return waitingView(back);
      throw notFound('no transaction of this id is in the chain or the mempool');
    },
  );

  /** What a confirmed transaction spent, in the order of its inputs; a coinbase spends nothing. */
  const spentBy = async ({ tx, node, served }: ConfirmedTransaction): Promise<Coin[] | undefined> => {
    if (isCoinbase(tx) || !chain.headers.isActive(node)) return undefined;
    const coins = await served.spent(store, node.height);
    const own = tx.inputs.map((input) => coins?.get(outpointKey(input.prevTxid, input.prevIndex)));
    return own.every((coin) => coin !== undefined) ? own : undefined;
  };

  app.get(
    '/tx/:txid/proof',
    {
      schema: {
        tags: ['transactions'],
        summary: 'Proof that a transaction is in a block',
        description:
          'Hash the txid with each sibling in turn, on the side named, and arrive at the merkle root.',
        params: TxidPath,
        response: answers(TransactionProofAnswer, 'The siblings from leaf to root.', [404]),
      },
    },
    async (request) => {
      const txid = request.params.txid.toLowerCase() as Txid;
      const found = await servedBlocks.find(txid);
      if (found === undefined) {
        const why = mempool.has(txid)
          ? 'the transaction still waits: only a block can prove it'
          : 'no transaction of this id is in the chain';
        throw notFound(why);
      }
      const { node, served, position } = found;
      const { block } = served;
      return {
        txid,
        block_hash: node.hash,
        height: node.height,
        position,
        transaction_count: block.transactions.length,
        merkle_root: node.header.merkleRoot,
        proof: merkleProof(block.transactions.map(txidOf), position),
        header: headerToJson(node.header),
        confirmations: confirmationsOf(chain, node),
      };
    },
  );

  app.get(
    '/coins/:txid/:index',
    {
      schema: {
        tags: ['transactions'],
        summary: 'One coin and its fate',
        params: CoinPath,
        response: answers(CoinAnswer, 'The coin, spent or not.', [404]),
      },
    },
    async (request) => {
      const txid = request.params.txid.toLowerCase() as Txid;
      const { index } = request.params;
      const found = await store.findCoin(outpointKey(txid, index));
      if (found === undefined) throw notFound('the chain has no such coin');
      const { coin, spent } = found;
      return {
        txid,
        vout: index,
        amount: coin.amount,
        pubkey_hash: coin.pubkeyHash,
        height: coin.height,
        coinbase: coin.coinbase,
        confirmations: Math.max(0, chain.height - coin.height + 1),
        spent: spent === undefined ? null : { height: spent.height, txid: spent.txid },
        spent_in_mempool: mempool.spenderOf({ txid, index })?.txid ?? null,
      };
    },
  );
}

function waitingView(entry: MempoolEntry): TransactionAnswer {
  return {
    ...transactionToJson(entry.tx),
    status: 'mempool',
    confirmations: 0,
    block_hash: null,
    block_height: null,
    position: null,
    timestamp: null,
    coinbase: false,
    size: entry.sizeBytes,
    fee: entry.fee,
    spends: entry.spent.map(({ coin }) => ({ amount: coin.amount, pubkey_hash: coin.pubkeyHash })),
  };
}

function confirmedView(
  { tx, node, position }: ConfirmedTransaction,
  coins: readonly Coin[] | undefined,
  confirmations: number,
): TransactionAnswer {
  const sum = (items: readonly { amount: number }[]): number =>
    items.reduce((total, { amount }) => total + amount, 0);
  return {
    ...transactionToJson(tx),
    status: 'confirmed',
    confirmations,
    block_hash: node.hash,
    block_height: node.height,
    position,
    timestamp: node.timestamp,
    coinbase: isCoinbase(tx),
    size: transactionSize(tx),
    fee: coins === undefined ? null : sum(coins) - sum(tx.outputs),
    spends: coins?.map(({ amount, pubkeyHash }) => ({ amount, pubkey_hash: pubkeyHash })) ?? null,
  };
}
