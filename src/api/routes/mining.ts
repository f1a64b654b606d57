/** Mining, for the owner of the node. */
import { availableParallelism } from 'node:os';
import { type Address, headerToJson, targetToJson, transactionToJson } from '../../consensus/index.ts';
import type { FoundRecord, MinedBlock as OneMined, MinerStatus, MiningEffort } from '../../mining/index.ts';
import {
  type FoundBlock,
  KEEP_WAITING_HEADER,
  MineAnswer,
  type MinedBlock,
  MineRequest,
  MiningFoundAnswer,
  MiningStartRequest,
  type MiningStatusAnswer,
  MiningStatusAnswer as MiningStatusSchema,
  MiningTemplateAnswer,
  MiningTemplateQuery,
} from '../../protocol/index.ts';
import { watchCaller } from '../long-request.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { type Api, answers, OWNER_SECURITY, type RouteContext } from '../route-context.ts';

export function miningRoutes(app: Api, context: RouteContext): void {
  const { miner, nextBlock } = context.services;

  app.post(
    '/mine',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['mining'],
        summary: 'Mine a block, and wait for it',
        description:
          'Answers when it is found; that may take long. Ending the connection ends the search. ' +
          `With the header \`${KEEP_WAITING_HEADER}\` the node sends "102 Processing" now and then.`,
        security: OWNER_SECURITY,
        body: MineRequest,
        response: answers(MineAnswer, 'The block that was found.', [400, 401, 403, 409, 413, 415]),
      },
    },
    async (request, reply) => {
      const { miner_address, blocks = 1, max_seconds, threads, share } = request.body;
      const found: MinedBlock[] = [];
      const ending = watchCaller(request, reply, context);
      try {
        const { outcome, lost } = await miner.mineMany(miner_address.toLowerCase() as Address, blocks, {
          signal: ending.signal,
          onBlock: (mined) => {
            if (mined.outcome === 'mined') found.push(minedBlock(mined));
          },
          ...(max_seconds === undefined ? {} : { maxSeconds: max_seconds }),
          ...effortOf({ threads, share }),
        });
        if (outcome !== 'done') throw unfinished(outcome, context.closing.aborted, found.length);
        return mineAnswer(found, lost);
      } finally {
        ending.release();
      }
    },
  );

  app.post(
    '/mining/start',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['mining'],
        summary: 'Mine on and on',
        security: OWNER_SECURITY,
        body: MiningStartRequest,
        response: answers(MiningStatusSchema, 'How it stands now.', [400, 401, 403, 409, 413, 415]),
      },
    },
    (request) => {
      const { miner_address, ...effort } = request.body;
      return statusAnswer(miner.start(miner_address.toLowerCase() as Address, effortOf(effort)));
    },
  );

  app.post(
    '/mining/stop',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['mining'],
        summary: 'Stop mining on and on',
        description: 'Does nothing when it does not run. Searches of POST /mine go on.',
        security: OWNER_SECURITY,
        response: answers(MiningStatusSchema, 'How it stands now.', [401, 403, 413, 415]),
      },
    },
    async () => {
      await miner.stop();
      return statusAnswer(miner.status());
    },
  );

  app.get(
    '/mining/status',
    {
      schema: {
        tags: ['mining'],
        summary: 'Whether the node mines, and how fast',
        response: answers(MiningStatusSchema, 'How it stands.'),
      },
    },
    () => statusAnswer(miner.status()),
  );

  app.get(
    '/mining/found',
    {
      schema: {
        tags: ['mining'],
        summary: 'The blocks that this node found lately',
        response: answers(MiningFoundAnswer, 'Latest first.'),
      },
    },
    () => ({ blocks: miner.found().map(foundBlock) }),
  );

  app.get(
    '/mining/template',
    {
      schema: {
        tags: ['mining'],
        summary: 'A block to mine yourself',
        description:
          'It lacks its nonce only (0 stands in its place). Try nonces until the hash of the header meets the target, then hand ' +
          'it in as POST /block. The timestamp may be moved on. Ask again when the tip changes. This is for everybody: who ' +
          'mines elsewhere costs the node nothing.',
        querystring: MiningTemplateQuery,
        response: answers(MiningTemplateAnswer, 'All but the nonce.'),
      },
    },
    (request) => {
      const template = nextBlock.templateFor(request.query.miner_address.toLowerCase() as Address);
      return {
        height: template.height,
        header: headerToJson({ ...template.header, nonce: 0 }),
        transactions: template.transactions.map(transactionToJson),
        fees: template.fees,
        size: template.sizeBytes,
      };
    },
  );
}

function foundBlock(found: FoundRecord): FoundBlock {
  return {
    block_hash: found.hash,
    height: found.height,
    outcome: found.outcome,
    at: found.atMs / 1_000,
    miner_address: found.address,
    fees: found.fees,
    hashes: found.hashes,
    elapsed_seconds: found.elapsedSeconds,
  };
}

function unfinished(outcome: 'cancelled' | 'timed-out', isClosing: boolean, found: number): Refusal {
  const soFar = found === 0 ? '' : `; ${found} were found before`;
  if (isClosing) return refusal(503, 'stopping', `the node is stopping, the search was ended${soFar}`);
  return outcome === 'timed-out'
    ? refusal(409, 'mining-stopped', `no block was found within max_seconds${soFar}`)
    : refusal(409, 'mining-stopped', `the search was ended${soFar}`);
}

/** Only what was given: the miner's own defaults stand for the rest. */
function effortOf({
  threads,
  share,
}: {
  threads?: number | undefined;
  share?: number | undefined;
}): MiningEffort {
  return { ...(threads === undefined ? {} : { threads }), ...(share === undefined ? {} : { share }) };
}

function minedBlock({ hash, height, block, fees, hashes, elapsedSeconds }: OneMined): MinedBlock {
  return {
    block_hash: hash,
    height,
    nonce: block.header.nonce,
    elapsed_seconds: elapsedSeconds,
    transactions: block.transactions.length,
    fees,
    hashes,
  };
}

function mineAnswer(found: MinedBlock[], lost: number): MineAnswer {
  const last = found.at(-1);
  if (last === undefined) throw new Error('invariant: at least one block was asked for');
  return {
    ...last,
    elapsed_seconds: found.reduce((sum, { elapsed_seconds }) => sum + elapsed_seconds, 0),
    blocks: found,
    lost_blocks: lost,
  };
}

/** How mining stands, in the words of the API. */
export function statusAnswer(status: MinerStatus): MiningStatusAnswer {
  const { lastBlock, target } = status;
  return {
    running: status.running,
    searching: status.currentHeight !== undefined,
    miner_address: status.address ?? null,
    threads: status.threads,
    cores: availableParallelism(),
    kernel: status.kernel ?? null,
    share: status.share,
    height: status.currentHeight ?? null,
    target: target === undefined ? null : targetToJson(target),
    best_hash: status.bestHash ?? null,
    hash_rate: status.hashRate,
    hashes: status.hashesTotal,
    expected_seconds: status.expectedSecondsPerBlock ?? null,
    blocks_found: status.blocksFound,
    blocks_lost: status.blocksLost,
    started_at: status.startedAtMs === undefined ? null : status.startedAtMs / 1_000,
    waiting: status.waiting,
    last_block:
      lastBlock === undefined
        ? null
        : {
            block_hash: lastBlock.hash,
            height: lastBlock.height,
            outcome: lastBlock.outcome,
            at: lastBlock.atMs / 1_000,
          },
    last_error: status.lastError?.message ?? null,
  };
}
