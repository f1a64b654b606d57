/** The chain as a whole: GET /chain, /chain/info, /chain/tips, /params. */
import {
  BASE_UNITS_PER_COIN,
  type Block,
  expectedTarget,
  type HeaderNode,
  subsidyAt,
  targetToJson,
} from '../../consensus/index.ts';
import type { BlockName, Chainstate, Reorg } from '../../chainstate/index.ts';
import {
  ChainAnswer,
  type ChainInfoAnswer,
  ChainInfoAnswer as ChainInfoSchema,
  ChainQuery,
  ChainTipsAnswer,
  ParamsAnswer,
  type Reorg as ReorgMessage,
} from '../../protocol/index.ts';
import { refusal } from '../refusal.ts';
import { type Api, answers, type RouteContext } from '../route-context.ts';
import { chainTip } from './block-views.ts';
import { streamChain } from './chain-stream.ts';

/** Without a limit, a page holds so many blocks. */
const DEFAULT_PAGE = 20;
/** A node with more branches than this is under attack, or a simulation: the best are shown. */
const MAX_TIPS = 500;

export function chainRoutes(app: Api, context: RouteContext): void {
  const { services, limits } = context;
  const { chain, store, reorgs } = services;
  let wholeChains = 0;

  const readBlock = async (node: HeaderNode): Promise<Block> => {
    const block = await store.readBlock(node.hash);
    if (block === undefined) throw new Error(`invariant: block ${node.height} ${node.hash} has no body`);
    return block;
  };

  app.get(
    '/chain',
    {
      // A HEAD request would make the whole chain, and throw it away.
      exposeHeadRoute: false,
      schema: {
        tags: ['chain'],
        summary: 'Blocks of the active chain, whole',
        description:
          'Without parameters: every block from genesis up, in one streamed answer (the form that the original syncs by). ' +
          'At most two of these at a time. With `from` or `limit`: a page; go on from `next_from`.',
        querystring: ChainQuery,
        response: answers(ChainAnswer, 'The chain, or a page of it.', [503]),
      },
    },
    async (request, reply) => {
      const { from, limit } = request.query;
      const tip = chain.tip;
      const head = { height: tip?.height ?? -1, tip_hash: tip?.hash ?? null };
      const isPage = from !== undefined || limit !== undefined;
      let page: { nodes: HeaderNode[]; head: Record<string, unknown> };
      if (isPage) {
        const first = from ?? 0;
        const nodes = activeNodes(chain, first, limit ?? DEFAULT_PAGE);
        const after = first + nodes.length;
        page = {
          nodes,
          head: { ...head, from: first, next_from: nodes.length > 0 && after <= head.height ? after : null },
        };
      } else {
        if (wholeChains >= limits.chainStreams) {
          throw refusal(503, 'too-busy', 'the whole chain is being sent to others already', {
            hint: 'Ask for pages: /chain?from=0&limit=20',
            headers: { 'retry-after': '5' },
          });
        }
        wholeChains++;
        page = { nodes: activeNodes(chain, 0, Infinity), head };
      }
      const stream = streamChain({
        ...page,
        readBlock,
        stallMs: limits.streamStallMs,
        onEnd: () => {
          if (!isPage) wholeChains--;
        },
      });
      return reply.type('application/json; charset=utf-8').send(stream as never);
    },
  );

  app.get(
    '/chain/info',
    {
      schema: {
        tags: ['chain'],
        summary: 'Where the chain stands, and what the next block must be like',
        response: answers(ChainInfoSchema, 'The state of the chain.'),
      },
    },
    () => chainInfo(chain),
  );

  app.get(
    '/chain/tips',
    {
      schema: {
        tags: ['chain'],
        summary: 'The ends of all known branches',
        description:
          '`active`: the chain; `valid-fork`: complete, but with less work; `headers-only`: bodies are missing; ' +
          '`invalid`: it breaks a rule. With the last reorganisations: of each, the step of the chain in which blocks left. ' +
          'The rest of a branch of more than 16 blocks follows in further steps.',
        response: answers(ChainTipsAnswer, 'All tips, most work first; reorganisations, latest first.'),
      },
    },
    () => ({
      tips: chain.headers
        .tips()
        .slice(0, MAX_TIPS)
        .map((node) => chainTip(chain, node)),
      reorgs: reorgs.latest().map(reorgMessage),
    }),
  );

  app.get(
    '/params',
    {
      schema: {
        tags: ['chain'],
        summary: 'The numbers that all nodes of this network agree on',
        response: answers(ParamsAnswer, 'The chain parameters.'),
      },
    },
    () => {
      const { params } = chain;
      return {
        default_target: targetToJson(params.defaultTarget),
        block_reward: params.blockReward,
        halving_interval: params.halvingInterval,
        retarget_interval: params.retargetInterval,
        target_block_time: params.targetBlockTimeS,
        coinbase_maturity: params.coinbaseMaturity,
        max_block_size: params.maxBlockSizeBytes,
        max_money: params.maxMoney,
        base_units_per_coin: BASE_UNITS_PER_COIN,
        genesis_hash: chain.headers.activeAt(0)?.hash ?? null,
      };
    },
  );
}

/** A reorganisation in the words of the API. */
export function reorgMessage(reorg: Reorg): ReorgMessage {
  const name = ({ height, hash }: BlockName) => ({ height, block_hash: hash });
  return {
    at: reorg.atMs / 1_000,
    fork_height: reorg.fork?.height ?? -1,
    fork_hash: reorg.fork?.hash ?? null,
    depth: reorg.depth,
    old_tip: name(reorg.oldTip),
    new_tip: name(reorg.newTip),
    disconnected: reorg.disconnected.map(name),
    connected: reorg.connected.map(name),
    connected_count: reorg.connectedCount,
    transactions_left: reorg.paymentsLeft,
    transactions_kept: reorg.paymentsKept,
    transactions_returned: reorg.paymentsReturned,
    story: reorg.story,
  };
}

function activeNodes(chain: Chainstate, from: number, limit: number): HeaderNode[] {
  const nodes: HeaderNode[] = [];
  for (let height = from; nodes.length < limit; height++) {
    const node = chain.headers.activeAt(height);
    if (node === undefined) break;
    nodes.push(node);
  }
  return nodes;
}

function chainInfo(chain: Chainstate): ChainInfoAnswer {
  const { params, tip } = chain;
  const next = chain.height + 1;
  const interval = params.retargetInterval;
  return {
    height: chain.height,
    tip_hash: tip?.hash ?? null,
    genesis_hash: chain.headers.activeAt(0)?.hash ?? null,
    tip_timestamp: tip?.timestamp ?? null,
    median_time_past: chain.medianTimePast,
    target: targetToJson(tip?.target ?? params.defaultTarget),
    next_target: targetToJson(expectedTarget(tip, params)),
    chain_work: (tip?.chainWork ?? 0n).toString(),
    utxo_count: chain.coinCount,
    next_subsidy: subsidyAt(next, params),
    // Genesis has the default target: the first adjustment is one interval later.
    next_retarget_height: interval === 0 ? null : Math.max(1, Math.ceil(next / interval)) * interval,
    header_count: chain.headers.size,
    orphan_blocks: chain.orphanCount,
  };
}
