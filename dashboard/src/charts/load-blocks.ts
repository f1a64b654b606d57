/** Figures of the last blocks, fetched in pages, and only those that are not known yet. */
import type { ApiClient } from '../../../src/protocol/client.ts';
import type { BlockStats } from '../../../src/protocol/statistics.ts';

const PER_PAGE = 2_000;

/**
 * @param known of an earlier call, without a gap; blocks that a reorganisation took must not be among them
 * @returns the last `count` blocks, lowest first; fewer where the chain is shorter
 */
export async function blocksUpTo(
  api: Pick<ApiClient, 'blockStats'>,
  known: readonly BlockStats[],
  count: number,
): Promise<readonly BlockStats[]> {
  // The last page tells how high the chain is.
  const latest = await api.blockStats({ limit: Math.min(count, known.length > 0 ? 100 : PER_PAGE) });
  const wantedFrom = Math.max(0, latest.height + 1 - count);
  const first = latest.blocks[0];
  if (first === undefined) return [];
  const isJoined = (): boolean => {
    const [low, high] = [known[0]?.height, known.at(-1)?.height];
    return low !== undefined && high !== undefined && low <= wantedFrom && high >= first.height - 1;
  };
  const below: BlockStats[] = isJoined() ? known.filter(({ height }) => height < first.height) : [];
  for (
    let from: number | null = below.length > 0 ? first.height : wantedFrom;
    from !== null && from < first.height;
  ) {
    const page: Awaited<ReturnType<typeof api.blockStats>> = await api.blockStats({
      from,
      limit: Math.min(PER_PAGE, first.height - from),
    });
    below.push(...page.blocks);
    from = page.next_from;
  }
  return [...below, ...latest.blocks].filter(({ height }) => height >= wantedFrom);
}
