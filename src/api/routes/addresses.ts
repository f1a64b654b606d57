/** What an address has, had, and did. */
import { Type } from '@sinclair/typebox';
import type { Address, CoinEntry } from '../../consensus/index.ts';
import {
  AddressAnswer,
  addressInput,
  AtHeightQuery,
  BalanceAnswer,
  HistoryAnswer,
  HistoryQuery,
  MAX_COINS_PER_PAGE,
  type Utxo,
  UtxosAnswer,
  UtxosQuery,
} from '../../protocol/index.ts';
import { notFound } from '../refusal.ts';
import { type Api, answers, type RouteContext } from '../route-context.ts';

const AddressPath = Type.Object({ address: addressInput('An address, in either case.') });
const HISTORY_DEFAULT = 100;

export function addressRoutes(app: Api, { services }: RouteContext): void {
  const { chain, store, mempool } = services;

  /** The height that an answer is about. @throws Refusal when the chain does not reach so far */
  const heightOf = (asked: number | undefined): number => {
    if (asked !== undefined && asked > chain.height) {
      throw notFound(
        chain.height < 0
          ? 'the chain is empty'
          : `the chain ends at height ${chain.height}, it does not reach ${asked}`,
      );
    }
    return asked ?? chain.height;
  };

  const utxoOf = ({ outpoint, coin }: CoinEntry, height: number): Utxo => ({
    txid: outpoint.txid,
    vout: outpoint.index,
    amount: coin.amount,
    pubkey_hash: coin.pubkeyHash,
    height: coin.height,
    coinbase: coin.coinbase,
    mature: !coin.coinbase || height + 1 >= coin.height + chain.params.coinbaseMaturity,
    spent_in_mempool: mempool.spenderOf(outpoint)?.txid ?? null,
  });

  app.get(
    '/balance/:address',
    {
      schema: {
        tags: ['addresses'],
        summary: 'What an address has, or had at any height',
        params: AddressPath,
        querystring: AtHeightQuery,
        response: answers(BalanceAnswer, 'The balance in the chain; the mempool does not count.', [404]),
      },
    },
    async (request) => {
      const address = request.params.address.toLowerCase() as Address;
      const height = heightOf(request.query.height);
      const { balance, coinCount } = await store.balance(address, request.query.height);
      return { address, balance, utxo_count: coinCount, height };
    },
  );

  app.get(
    '/utxos/:address',
    {
      schema: {
        tags: ['addresses'],
        summary: 'The unspent coins of an address, now or at any height',
        description: 'Oldest first. A coin with `spent_in_mempool` is about to be spent: choose others.',
        params: AddressPath,
        querystring: UtxosQuery,
        response: answers(UtxosAnswer, 'A page of coins.', [404]),
      },
    },
    async (request) => {
      const address = request.params.address.toLowerCase() as Address;
      const { height: atHeight, limit = MAX_COINS_PER_PAGE, cursor } = request.query;
      const height = heightOf(atHeight);
      const page = await store.coinsOf(address, {
        limit,
        ...(atHeight === undefined ? {} : { atHeight }),
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      return {
        address,
        utxos: page.items.map((entry) => utxoOf(entry, height)),
        height,
        next: page.next ?? null,
      };
    },
  );

  app.get(
    '/address/:address',
    {
      schema: {
        tags: ['addresses'],
        summary: 'An address at a glance, the mempool included',
        params: AddressPath,
        response: answers(AddressAnswer, 'What it has and what is about to change.'),
      },
    },
    async (request) => {
      const address = request.params.address.toLowerCase() as Address;
      const [{ balance, coinCount }, immature] = await Promise.all([
        store.balance(address),
        store.rewardsSince(address, Math.max(0, chain.height + 2 - chain.params.coinbaseMaturity)),
      ]);
      const waiting = mempool.touching(address);
      let received = 0;
      let sent = 0;
      for (const { tx, spent } of waiting) {
        for (const output of tx.outputs) if (output.pubkeyHash === address) received += output.amount;
        for (const { coin } of spent) if (coin.pubkeyHash === address) sent += coin.amount;
      }
      return {
        address,
        balance,
        utxo_count: coinCount,
        immature,
        height: chain.height,
        mempool: { transaction_count: waiting.length, received, sent },
        expected_balance: balance + received - sent,
      };
    },
  );

  app.get(
    '/address/:address/history',
    {
      schema: {
        tags: ['addresses'],
        summary: 'What an address received and sent, latest first',
        params: AddressPath,
        querystring: HistoryQuery,
        response: answers(HistoryAnswer, 'A page of its history in the chain.'),
      },
    },
    async (request) => {
      const address = request.params.address.toLowerCase() as Address;
      const { limit = HISTORY_DEFAULT, cursor } = request.query;
      const page = await store.historyOf(address, {
        limit,
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      const transactions = page.items.map(({ txid, height, received, sent }) => ({
        ...{ txid, height, received, sent },
        confirmations: Math.max(0, chain.height - height + 1),
        net: received - sent,
      }));
      return { address, transactions, next: page.next ?? null };
    },
  );
}
