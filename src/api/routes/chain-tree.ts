/** GET /chain/tree: blocks as the dashboard draws them, anywhere in the chain. */
import { ChainTreeAnswer, ChainTreeQuery, MAX_TREE_HEIGHTS } from '../../protocol/index.ts';
import { treeBetween } from '../events/tree-blocks.ts';
import { type Api, answers, type RouteContext } from '../route-context.ts';

export function chainTreeRoute(app: Api, { services, servedBlocks }: RouteContext): void {
  const { chain } = services;
  app.get(
    '/chain/tree',
    {
      schema: {
        tags: ['chain'],
        summary: 'Part of the tree of blocks',
        description:
          'The active chain between two heights, and the branches beside it there. The upper end of the tree, as it changes, is the ' +
          'topic `blocks` of GET /ws.',
        querystring: ChainTreeQuery,
        response: answers(ChainTreeAnswer, 'Blocks between the two heights, lowest first.'),
      },
    },
    async (request) => {
      const { from = 0, to = Infinity } = request.query;
      const highest = Math.min(to, from + MAX_TREE_HEIGHTS - 1);
      const blocks = await treeBetween(chain, servedBlocks, from, highest);
      return { from, to: highest, height: chain.height, blocks };
    },
  );
}
