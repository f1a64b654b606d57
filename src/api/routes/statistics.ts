/** Figures over many blocks and coins: GET /stats/blocks, /stats/coin-ages. */
import { subsidyAt, targetToJson } from '../../consensus/index.ts';
import { BlockStatsAnswer, BlockStatsQuery, CoinAgesAnswer } from '../../protocol/index.ts';
import { CoinAges } from '../coin-ages.ts';
import { type Api, answers, type RouteContext } from '../route-context.ts';

const BLOCKS_DEFAULT = 100;

export function statisticsRoutes(app: Api, { services, closing }: RouteContext): void {
  const { chain, store, clock } = services;
  const coinAges = new CoinAges({ chain, store, clock, closing });

  app.get(
    '/stats/blocks',
    {
      schema: {
        tags: ['statistics'],
        summary: 'Time, target, size and fees of many blocks',
        description: 'Of the active chain, from `from` up; without it, the last ones. Reads no bodies.',
        querystring: BlockStatsQuery,
        response: answers(BlockStatsAnswer, 'Figures, lowest block first.'),
      },
    },
    async (request) => {
      const { limit = BLOCKS_DEFAULT } = request.query;
      const { height } = chain;
      const from = request.query.from ?? Math.max(0, height + 1 - limit);
      const figures = await store.blockFigures(from, from + limit - 1);
      const blocks = figures.flatMap(({ hash, sizeBytes, transactionCount, coinbaseAmount }) => {
        // By its hash: the chain may have changed meanwhile, and the header must be that of the figures.
        const node = chain.headers.get(hash);
        if (node === undefined) return [];
        const subsidy = subsidyAt(node.height, chain.params);
        return [
          {
            ...{ height: node.height, timestamp: node.timestamp, target: targetToJson(node.target) },
            ...{ size: sizeBytes, transaction_count: transactionCount, subsidy },
            fees: Math.max(0, coinbaseAmount - subsidy),
          },
        ];
      });
      const next = from + blocks.length;
      return { height, blocks, next_from: blocks.length > 0 && next <= height ? next : null };
    },
  );

  app.get(
    '/stats/coin-ages',
    {
      schema: {
        tags: ['statistics'],
        summary: 'How long ago the unspent coins were made',
        description:
          'In blocks, counted from the tip. Worked out once for each tip, and seldom where there are many coins.',
        response: answers(CoinAgesAnswer, 'Unspent coins by age.'),
      },
    },
    () => coinAges.get(),
  );
}
