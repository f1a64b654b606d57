import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainBuilder, key } from '../../test/support/chain-builder.ts';
import { targetToJson } from '../consensus/index.ts';
import { loadConfig, type RunningNode, startNode } from '../node/index.ts';
import { main } from './main.ts';
import { RecordingTerminal } from './recording-terminal.ts';

/** genesis ─ a1 ─ … ─ a30, and b29 ─ … ─ b32 beside its end. */
const chain = new ChainBuilder().extend(30, 'a').fork('a28').extend(4, 'b');

interface Told {
  readonly hint?: string;
  readonly [field: string]: unknown;
}

describe('chain export and import', () => {
  let folder: string;
  const nodes: RunningNode[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cli-chain-'));
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
    await rm(folder, { recursive: true });
  });

  async function newNode(flags: Record<string, string> = {}): Promise<RunningNode> {
    const loaded = loadConfig({
      flags: {
        'database-url': 'memory:',
        port: '0',
        'log-level': 'silent',
        'default-target': targetToJson(chain.params.defaultTarget),
        threads: '1',
        ...flags,
      },
      env: {},
      cwd: folder,
    });
    if (!loaded.ok) throw new Error(loaded.mistakes.join('; '));
    const node = await startNode(loaded.config);
    nodes.push(node);
    return node;
  }

  async function give(node: RunningNode, ...names: string[]): Promise<void> {
    for (const name of names) await node.services.chain.acceptBlock(chain.at(name).block);
  }

  const names = (branch: string, from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, i) => (from + i === 0 ? 'genesis' : `${branch}${from + i}`));

  async function run(node: RunningNode, ...argv: string[]): Promise<{ code: number; answer: Told }> {
    const terminal = new RecordingTerminal({ cwd: folder, env: { MINI_BITCOIN_NODE: node.url } });
    const code = await main([...argv, '--json'], terminal);
    return {
      code,
      answer:
        code === 0
          ? (JSON.parse(terminal.output) as Told)
          : (JSON.parse(terminal.errors) as { error: Told }).error,
    };
  }

  it('carries a chain from one node to another', async () => {
    const [source, target] = [await newNode(), await newNode()];
    await give(source, ...names('a', 0, 30));
    expect((await run(source, 'chain', 'export', 'c.mbc')).answer).toMatchObject({
      blocks: 31,
      written: 31,
      height: 30,
    });
    expect((await run(target, 'chain', 'import', 'c.mbc')).answer).toMatchObject({
      imported: 31,
      known: 0,
      height: 30,
    });
    expect(target.services.chain.tip?.hash).toBe(chain.at('a30').hash);
    expect((await run(target, 'chain', 'import', 'c.mbc')).answer).toMatchObject({ imported: 0, known: 31 });
    const bytes = await readFile(join(folder, 'c.mbc'));
    await run(target, 'chain', 'export', 'again.mbc');
    expect(await readFile(join(folder, 'again.mbc'))).toEqual(bytes);
  });

  it('goes on where an export stopped', async () => {
    const source = await newNode();
    await give(source, ...names('a', 0, 10));
    await run(source, 'chain', 'export', 'c.mbc');
    await give(source, ...names('a', 11, 25));
    expect((await run(source, 'chain', 'export', 'c.mbc')).answer).toMatchObject({ blocks: 26, written: 15 });
    const whole = await readFile(join(folder, 'c.mbc'));
    await writeFile(join(folder, 'c.mbc'), whole.subarray(0, whole.length - 300)); // as if killed while writing
    expect((await run(source, 'chain', 'export', 'c.mbc')).answer).toMatchObject({ blocks: 26, written: 2 });
    expect(await readFile(join(folder, 'c.mbc'))).toEqual(whole);
  });

  it('replaces what a reorganisation took away, and nothing else', async () => {
    const source = await newNode();
    await give(source, ...names('a', 0, 30));
    await run(source, 'chain', 'export', 'c.mbc');
    await give(source, 'b29', 'b30', 'b31', 'b32');
    expect((await run(source, 'chain', 'export', 'c.mbc')).answer).toMatchObject({ blocks: 33, written: 4 });
    const target = await newNode();
    await run(target, 'chain', 'import', 'c.mbc');
    expect(target.services.chain.tip?.hash).toBe(chain.at('b32').hash);
  });

  it('does not destroy a file that holds more, or another chain', async () => {
    const [long, short, other] = [await newNode(), await newNode(), await newNode()];
    await give(long, ...names('a', 0, 20));
    await give(short, ...names('a', 0, 5));
    await run(long, 'chain', 'export', 'c.mbc');
    const before = await readFile(join(folder, 'c.mbc'));
    expect(await run(short, 'chain', 'export', 'c.mbc')).toMatchObject({
      code: 1,
      answer: { reason: 'other-chain' },
    });
    const elsewhere = new ChainBuilder({ miner: key('somebody else') }).extend(30, 'x');
    for (const { block } of elsewhere.all) await other.services.chain.acceptBlock(block);
    expect(await run(other, 'chain', 'export', 'c.mbc')).toMatchObject({
      code: 1,
      answer: { reason: 'other-chain' },
    });
    await writeFile(join(folder, 'letter.txt'), 'Dear Bob, this is no chain file at all. Yours, Alice');
    expect(await run(long, 'chain', 'export', 'letter.txt')).toMatchObject({
      code: 1,
      answer: { reason: 'not-a-chain-file' },
    });
    expect(await readFile(join(folder, 'c.mbc'))).toEqual(before);
    expect(await readFile(join(folder, 'letter.txt'), 'utf8')).toContain('Yours, Alice');
  });

  it('imports up to the cut of a truncated file, and the rest later', async () => {
    const [source, target] = [await newNode(), await newNode()];
    await give(source, ...names('a', 0, 10));
    await run(source, 'chain', 'export', 'c.mbc');
    const whole = await readFile(join(folder, 'c.mbc'));
    await writeFile(join(folder, 'cut.mbc'), whole.subarray(0, whole.length - 300));
    const cut = await run(target, 'chain', 'import', 'cut.mbc');
    expect(cut).toMatchObject({ code: 1, answer: { reason: 'file-truncated', imported: 9, height: 8 } });
    expect(cut.answer.hint).toContain('up to height 8');
    expect((await run(target, 'chain', 'import', 'c.mbc')).answer).toMatchObject({
      imported: 2,
      known: 9,
      height: 10,
    });
  });

  it('stops at a bad block and tells how far it came', async () => {
    const [source, target] = [await newNode(), await newNode()];
    await give(source, ...names('a', 0, 10));
    await run(source, 'chain', 'export', 'c.mbc');
    const bytes = await readFile(join(folder, 'c.mbc'));
    // Same length for each block here: 44 bytes of file header, then equal records. Spoil the amount in block 6.
    const record = (bytes.length - 44) / 11;
    bytes[44 + 6 * record + 4 + 108 + 1 + 4 + 1 + 38 + 1]! ^= 0xff;
    await writeFile(join(folder, 'bad.mbc'), bytes);
    const bad = await run(target, 'chain', 'import', 'bad.mbc');
    expect(bad).toMatchObject({ code: 1, answer: { reason: 'bad-txnmrklroot', height: 6, imported: 6 } });
    expect(bad.answer.hint).toContain('up to height 5');
    expect(target.services.chain.height).toBe(5);
  });

  it('refuses the blocks of another network', async () => {
    const [source, target] = [await newNode(), await newNode({ 'block-reward': '1' })];
    await give(source, 'genesis');
    await run(source, 'chain', 'export', 'c.mbc');
    expect(await run(target, 'chain', 'import', 'c.mbc')).toMatchObject({
      code: 1,
      answer: { reason: 'other-network' },
    });
    expect(await run(target, 'chain', 'import', 'nowhere.mbc')).toMatchObject({
      code: 2,
      answer: { reason: 'enoent' },
    });
  });
});
