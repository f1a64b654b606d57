import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DevnetEvent } from './events.ts';
import { frameText, rowsTaken, visibleWidth } from './live-screen.ts';
import { tableLines } from './live-table.ts';
import type { DevnetView, NodeView } from './view.ts';

const plain = new Chalk({ level: 0 });
const coloured = new Chalk({ level: 1 });
const command = 'mini-bitcoin devnet';
const hashes = ['a', 'b'].map((letter) => letter.repeat(64).replace(/^.{5}/, '00000'));

const node = (number: number, fields: Partial<NodeView> = {}): NodeView => ({
  name: `node-${number}`,
  url: `http://127.0.0.1:${8000 + number}`,
  state: 'running',
  pid: 1,
  note: null,
  height: 12,
  tip_hash: hashes[0] ?? '',
  mempool: 0,
  peers: 2,
  links: 2,
  hash_rate: 351_234,
  share: 0.3,
  sync_state: 'idle',
  sync_percent: 100,
  group: null,
  ...fields,
});
const devnet = (fields: Partial<DevnetView> = {}): DevnetView => ({
  folder: '/home/me/.mini-bitcoin/devnet',
  topology: 'full',
  storage: 'embedded',
  block_time: 10,
  groups: null,
  nodes: [node(1), node(2), node(3)],
  events: [],
  ...fields,
});
const happened = (text: string, event: DevnetEvent['event'] = 'remark'): DevnetEvent => ({
  at: 0,
  event,
  text,
});
const draw = (view: DevnetView, columns = 80, rows = 30): string[] =>
  tableLines(view, { columns, rows, style: plain, command });

describe('the table', () => {
  it('shows every node, and how to act', () => {
    const events = [
      happened('node-1 found block 12'),
      happened('node-3 followed a reorg: 1 block left', 'reorg'),
    ];
    const lines = draw(
      devnet({
        events,
        nodes: [
          node(1, { sync_state: 'blocks', sync_percent: 45.9 }),
          node(2, { hash_rate: 0, share: 0, mempool: 3, peers: 1 }),
          node(3, { state: 'stopped', note: 'stopped', peers: null, hash_rate: null, sync_state: null }),
        ],
      }),
    ).map((line) => line.replace(/^\d\d:\d\d:\d\d/, 'hh:mm:ss').trimEnd());
    expect(lines.join('\n')).toBe(
      [
        'MiniBitcoin devnet  3 nodes, full, a block about every 10 s',
        '',
        'node    state    height  tip        mempool  peers  hash rate  sync',
        'node-1  running      12  …aaaaaaaa        0    2/2   351 kH/s  45 %',
        'node-2  running      12  …aaaaaaaa        3    1/2          -  idle',
        'node-3  stopped      12  …aaaaaaaa        0',
        '',
        'Last events',
        'hh:mm:ss  node-1 found block 12',
        'hh:mm:ss  node-3 followed a reorg: 1 block left',
        '',
        'Act in another terminal: mini-bitcoin devnet …',
        '  partition 1 / 2 | stop 1 | start 1 | mine 1 --share 30 | mine off',
        'Ask a node: mini-bitcoin status --node http://127.0.0.1:8001',
        'Ctrl-C stops all nodes.',
      ].join('\n'),
    );
  });

  it('shows the groups of a split network, and then how to heal it', () => {
    const lines = draw(
      devnet({
        groups: [[1, 2], [3]],
        nodes: [
          node(1, { group: 'A' }),
          node(2, { group: 'A' }),
          node(3, { group: 'B', peers: 0, links: 0 }),
        ],
      }),
    );
    expect(lines[0]).toContain('split: 1,2 | 3');
    expect(lines[2]).toMatch(/group$/);
    expect(lines[5]).toMatch(/0\/0 +351 kH\/s {2}idle {2}B +$/);
    expect(lines.join('\n')).toContain('  heal | stop 1');
  });

  it('says why a node died', () => {
    const died = node(2, { state: 'died', note: 'exit code 1; last words: The disk is full.' });
    expect(draw(devnet({ nodes: [node(1), died] }))).toContain(
      'node-2 died: exit code 1; last words: The disk is full.',
    );
  });

  it('gives the same tip the same colour while tips differ, and none when they do not', () => {
    const colourOf = (view: DevnetView, row: number): string | undefined =>
      /\u001b\[(\d+)m…/.exec(
        tableLines(view, { columns: 80, rows: 30, style: coloured, command })[row] ?? '',
      )?.[1];
    const split = devnet({ nodes: [node(1), node(2, { tip_hash: hashes[1] ?? '' }), node(3)] });
    expect(colourOf(split, 3)).toBe(colourOf(split, 5));
    expect(colourOf(split, 3)).not.toBe(colourOf(split, 4));
    expect(colourOf(devnet(), 3)).toBe('0');
  });

  it('fits into 80 columns with everything in it', () => {
    const busy = node(32, {
      state: 'starting',
      height: 123_456,
      mempool: 12_345,
      peers: 31,
      links: 31,
      group: 'AA',
    });
    for (const line of draw(devnet({ groups: [[1], [32]], nodes: [busy] })).slice(2, 4))
      expect(line.trimEnd()).not.toMatch(/…$/);
  });

  it('is never wider or higher than the terminal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 32 }),
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 30 }),
        (columns, rows, nodes, texts) => {
          const view = devnet({
            nodes: Array.from({ length: nodes }, (_, index) =>
              node(index + 1, { state: 'died', note: 'x'.repeat(99) }),
            ),
            events: texts.map((text) => happened(text)),
          });
          const lines = tableLines(view, { columns, rows, style: coloured, command });
          expect(lines.length).toBeLessThan(Math.max(2, rows));
          for (const line of lines) expect(visibleWidth(line)).toBeLessThanOrEqual(columns);
          expect(lines.join('')).not.toMatch(/[\n\r\t]/);
        },
      ),
    );
  });
});

describe('drawing over', () => {
  it('goes up as many rows as the last frame takes, and clears what it leaves', () => {
    expect(frameText(['a', 'b'], 0)).toBe('\ra\u001b[K\nb\u001b[K\n\u001b[J');
    expect(frameText(['a'], 2)).toBe('\u001b[2A\ra\u001b[K\n\u001b[J');
  });

  it('counts lines that wrap in a terminal that became narrower', () => {
    expect(rowsTaken([0, 80, 81, 40], 80)).toBe(5);
    expect(rowsTaken([0, 80, 81, 40], 40)).toBe(1 + 2 + 3 + 1);
  });
});
