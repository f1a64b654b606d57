/** Single blocks, pages of blocks and headers, and handing in a block. */
import { Type } from '@sinclair/typebox';
import {
  blockFromJson,
  type BlockHash,
  decodeBlock,
  type HeaderNode,
  type Block,
} from '../../consensus/index.ts';
import type { AcceptedBlock } from '../../chainstate/index.ts';
import {
  BlockAnswer,
  BlockRequest,
  BlocksAnswer,
  type BlockSummary,
  BlocksQuery,
  HeadersAnswer,
  HeadersQuery,
  MAX_HEADERS_PER_PAGE,
  SubmitBlockAnswer,
} from '../../protocol/index.ts';
import { acceptBytes, BYTES_TYPE, readSubmission } from '../body-parsing.ts';
import { notFound, refusal, refusalOf } from '../refusal.ts';
import { type Api, answers, readByConsensus, type RouteContext, sendJson } from '../route-context.ts';
import { blockAnswer, headerEntry } from './block-views.ts';
import { pageOfChain } from './block-pages.ts';

const BLOCKS_DEFAULT = 20;

const BlockPath = Type.Object({
  id: Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'A block hash (64 hex characters) or a height of the active chain.',
    examples: ['0', '00d2c60ea67e771e3324e1846eef91d25b393779d5a5a8e59a613fd37eacf290'],
  }),
});

export function blockRoutes(app: Api, context: RouteContext): void {
  const { services, servedBlocks, limits } = context;
  const { chain } = services;

  const required = <T>(found: T | undefined, node: HeaderNode): T => {
    if (found === undefined)
      throw notFound(`only the header of block ${node.hash} is known, at height ${node.height}`);
    return found;
  };

  app.get(
    '/block/:id',
    {
      schema: {
        tags: ['blocks'],
        summary: 'One block, by hash or height',
        params: BlockPath,
        response: answers(BlockAnswer, 'The block and how it stands to the chain.', [404]),
      },
    },
    async (request, reply) => {
      const node = findNode(context, request.params.id);
      const served = required(await servedBlocks.get(node), node);
      return sendJson(reply, blockAnswer(chain, node, served));
    },
  );

  app.get(
    '/blocks',
    {
      schema: {
        tags: ['blocks'],
        summary: 'Summaries of blocks, latest first',
        description: 'Pages of the active chain. `order=asc` goes from genesis (or `from`) up.',
        querystring: BlocksQuery,
        response: answers(BlocksAnswer, 'A page of blocks.', [409]),
      },
    },
    async (request) => {
      const { from, order = 'desc', limit = BLOCKS_DEFAULT, cursor } = request.query;
      const { nodes, next } = pageOfChain(chain, { from, order, limit, cursor });
      const blocks: BlockSummary[] = [];
      // One after the other: a hundred large blocks at once would be a hundred megabytes.
      for (const node of nodes)
        blocks.push({ ...headerEntry(node), ...required(await servedBlocks.factsOf(node), node) });
      return { blocks, next };
    },
  );

  app.get(
    '/headers',
    {
      schema: {
        tags: ['blocks'],
        summary: 'Headers of the active chain, from genesis up',
        description:
          'From memory, without touching the database. `order=desc` goes from the tip (or `from`) down.',
        querystring: HeadersQuery,
        response: answers(HeadersAnswer, 'A page of headers.', [409]),
      },
    },
    (request) => {
      const { from, order = 'asc', limit = MAX_HEADERS_PER_PAGE, cursor } = request.query;
      const { nodes, next } = pageOfChain(chain, { from, order, limit, cursor });
      return { headers: nodes.map(headerEntry), next };
    },
  );

  app.register(async (scope: Api) => {
    acceptBytes(scope);
    scope.post(
      '/block',
      {
        bodyLimit: limits.blockBodyBytes,
        schema: {
          tags: ['blocks'],
          summary: 'Hand in a block',
          description:
            'JSON, or the block’s full bytes as `application/octet-stream`. Blocks may come in any order; one whose parent is ' +
            'unknown is refused with `prev-blk-not-found`, and kept for a while.',
          consumes: ['application/json', BYTES_TYPE],
          body: readByConsensus(BlockRequest),
          response: answers(SubmitBlockAnswer, 'It was taken.', [400, 409, 413, 415]),
        },
      },
      async (request) => {
        const block = readSubmission<Block>(request.body, decodeBlock, blockFromJson);
        const verdict = await chain.acceptBlock(block);
        if (!verdict.ok) throw refusalOf(verdict);
        const { hash, height, status, disconnected } = verdict.value;
        return { block_hash: hash, message: messageFor(verdict.value), height, status, disconnected };
      },
    );
  });
}

/** Finds a block by what a person typed. @throws Refusal */
function findNode({ services: { chain } }: RouteContext, id: string): HeaderNode {
  if (/^[0-9a-fA-F]{64}$/.test(id)) {
    const node = chain.headers.get(id.toLowerCase() as BlockHash);
    if (node === undefined) throw notFound('no block of this hash is known');
    return node;
  }
  if (!/^\d{1,15}$/.test(id)) {
    throw refusal(422, 'malformed-path', 'a block hash (64 hex characters) or a height is expected');
  }
  const node = chain.headers.activeAt(Number(id));
  if (node === undefined) throw notFound(`there is no block at height ${id}; the tip is at ${chain.height}`);
  return node;
}

/** The original's words where the block is the new tip. */
function messageFor({ height, status, disconnected }: AcceptedBlock): string {
  switch (status) {
    case 'active':
      return disconnected === 0
        ? `Block added at height ${height}`
        : `Block added at height ${height}, after ${disconnected} others left the chain`;
    case 'valid-fork':
      return `Block kept at height ${height}, on a branch with less work than the chain`;
    case 'headers-only':
      return `Block kept at height ${height} until the blocks below it arrive`;
    case 'invalid':
      return `Block at height ${height} builds on an invalid block`;
  }
}
