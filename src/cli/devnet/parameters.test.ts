import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyFolder, readParameters, walletFileOf, walletOf, writeParameters } from './folder.ts';
import {
  type AskedParameters,
  type DevnetParameters,
  parametersText,
  parseParameters,
  settleParameters,
} from './parameters.ts';
import { targetFor } from './mining-plan.ts';
import { TOPOLOGIES } from './topology.ts';

const nothing: AskedParameters = {
  nodes: undefined,
  topology: undefined,
  seed: undefined,
  portBase: undefined,
  blockTimeS: undefined,
  memory: false,
};
const target = `0x${'0'.repeat(60)}ffff`;
const make = { makeSeed: () => 42, makeTarget: () => target };
const settle = (asked: Partial<AskedParameters>, kept?: DevnetParameters): DevnetParameters =>
  settleParameters({ ...nothing, ...asked }, kept, make);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'devnet-folder-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('parameters', () => {
  it('are the usual ones when nothing is said', () => {
    expect(settle({})).toEqual({
      nodes: 3,
      topology: 'full',
      seed: 42,
      portBase: 8001,
      blockTimeS: 10,
      defaultTarget: target,
      storage: 'embedded',
      formerPortBases: [],
    });
  });

  it('are kept: the same network goes on', () => {
    const kept = {
      ...settle({ nodes: 5, topology: 'random', seed: 7 }),
      defaultTarget: `0x${'1'.repeat(64)}`,
    };
    expect(settle({}, kept)).toEqual(kept);
    expect(settle({ nodes: 5, topology: 'random', seed: 7 }, kept)).toEqual(kept);
  });

  it('name everything that contradicts', () => {
    expect(() => settle({ nodes: 5, topology: 'line', blockTimeS: 3, memory: true }, settle({}))).toThrow(
      'This folder holds a devnet of another kind: --nodes is 3 there, not 5; --topology is full there, not line; ' +
        '--block-time is 10 there, not 3; it keeps its chain on disk, and --memory would not.',
    );
  });

  it('may change where nothing but themselves is kept', () => {
    const kept = { ...settle({ memory: true }), defaultTarget: `0x${'1'.repeat(64)}` };
    expect(settle({ nodes: 7, topology: 'star' }, kept)).toMatchObject({
      nodes: 7,
      topology: 'star',
      storage: 'memory',
      defaultTarget: target,
    });
  });

  it('remember ports that the nodes may know each other by', () => {
    const moved = settle({ portBase: 9001 }, settle({}));
    expect(moved).toMatchObject({ portBase: 9001, formerPortBases: [8001] });
    expect(settle({ portBase: 8001 }, moved)).toMatchObject({ portBase: 8001, formerPortBases: [9001] });
  });

  it('say no to a seed without chance, and to ports that do not exist', () => {
    expect(() => settle({ seed: 3 })).toThrow('--seed is for --topology random only.');
    expect(() => settle({ portBase: 65_534 })).toThrow('the port of node 3 would be above 65535');
  });

  it('come out of their file as they went in', () => {
    fc.assert(
      fc.property(
        fc.record({
          nodes: fc.integer({ min: 1, max: 32 }),
          topology: fc.constantFrom(...TOPOLOGIES),
          seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
          portBase: fc.integer({ min: 1, max: 65_000 }),
          blockTimeS: fc.integer({ min: 1, max: 86_400 }),
          defaultTarget: fc.integer({ min: 1, max: 1e15 }).map((hashes) => targetFor(hashes, 1)),
          storage: fc.constantFrom('embedded' as const, 'memory' as const),
          formerPortBases: fc.array(fc.integer({ min: 1, max: 65_000 })),
        }),
        (parameters) => {
          expect(parseParameters(parametersText(parameters))).toEqual(parameters);
        },
      ),
    );
  });

  it.each(['', '{}', 'null', '[1]', '{"version":2}'])('are not read from %j', (text) => {
    expect(parseParameters(text)).toBeUndefined();
  });
});

describe('the folder', () => {
  it('is a devnet, or empty', async () => {
    const folder = await newFolder();
    expect(await readParameters(join(folder, 'none'))).toBeUndefined();
    expect(await readParameters(folder)).toBeUndefined();
    await writeFile(join(folder, 'thesis.doc'), '');
    await expect(readParameters(folder)).rejects.toThrow('is not empty, and it holds no devnet');
    await writeFile(join(folder, 'devnet.json'), '{}');
    await expect(readParameters(folder)).rejects.toThrow('is not one that this version understands');
    await writeParameters(folder, settle({}));
    expect(await readParameters(folder)).toEqual(settle({}));
  });

  it('loses only what a devnet put there', async () => {
    const folder = await newFolder();
    await writeParameters(folder, settle({}));
    for (const name of ['node-1', 'node-12', 'node-x', 'wallets']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'notes.txt'), '');
    await emptyFolder(folder);
    expect((await readdir(folder)).sort()).toEqual(['node-x', 'notes.txt']);
    await expect(emptyFolder(folder)).rejects.toThrow('devnet.json');
  });

  it('keeps a wallet for each node, which only its owner may read', async () => {
    const folder = await newFolder();
    const wallet = await walletOf(folder, 1);
    expect(await walletOf(folder, 1)).toEqual(wallet);
    expect((await walletOf(folder, 2)).address).not.toBe(wallet.address);
    expect((await stat(walletFileOf(folder, 1))).mode & 0o777).toBe(0o600);
    await writeFile(walletFileOf(folder, 2), '{}');
    await expect(walletOf(folder, 2)).rejects.toThrow('holds no wallet');
  });
});
