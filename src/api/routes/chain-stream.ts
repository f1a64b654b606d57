/**
 * GET /chain, as one answer with every block or a page of them: written piece by piece, so that a chain of any length takes
 * the memory of a block or two.
 *
 * The blocks are those of the chain as it was when the answer began: its headers are remembered (they are in memory
 * anyway), and blocks that leave the active chain in between stay in the store.
 */
import { Readable } from 'node:stream';
import { type Block, blockToJson, type HeaderNode } from '../../consensus/index.ts';
import { cutOffWhenStalled } from '../stalled-reader.ts';

export interface ChainStreamOptions {
  readonly nodes: readonly HeaderNode[];
  /** What stands before the list of blocks. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly readBlock: (node: HeaderNode) => Promise<Block>;
  /** The reader is cut off when it takes nothing for so long. */
  readonly stallMs: number;
  /** Called once, however it ends. */
  readonly onEnd: () => void;
}

export function streamChain(options: ChainStreamOptions): Readable {
  let ended = false;
  const end = (): void => {
    if (!ended) options.onEnd();
    ended = true;
  };
  const stream = Readable.from(pieces(options, end), { objectMode: false, highWaterMark: 64 * 1024 });
  return cutOffWhenStalled(stream, options.stallMs, end);
}

async function* pieces(
  { nodes, head, readBlock }: ChainStreamOptions,
  end: () => void,
): AsyncGenerator<string, void> {
  yield `${JSON.stringify(head).slice(0, -1)},"blocks":[`;
  for (const [index, node] of nodes.entries()) {
    const json = JSON.stringify(blockToJson(await readBlock(node)));
    yield index === 0 ? json : `,${json}`;
  }
  // Here and not only when the stream closes, so that whoever has read the last byte can ask again at once.
  end();
  yield ']}';
}
