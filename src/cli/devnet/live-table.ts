/**
 * A devnet as lines for a terminal, to be drawn again and again in the same place. Pure.
 *
 * It must never be wider or higher than the terminal: a line that wraps, or a frame that scrolls, could not be drawn over.
 */
import type { ChalkInstance } from 'chalk';
import { counted, hashRateText } from '../describe.ts';
import { clockText, type DevnetEvent } from './events.ts';
import { groupsText } from './partition.ts';
import type { DevnetView, NodeState, NodeView } from './view.ts';

export interface TableOptions {
  readonly columns: number;
  readonly rows: number;
  readonly style: ChalkInstance;
  /** How to reach this devnet: `mini-bitcoin devnet`, with `--dir` where that is needed. */
  readonly command: string;
  /** The devnet has ended: there is nothing to act on any more. */
  readonly hasEnded?: boolean;
}

type Paint = (text: string) => string;

/** A piece of a line in one colour. */
interface Piece {
  readonly text: string;
  readonly paint?: Paint;
}

type Line = readonly Piece[];

const GAP = '  ';
const MOST_EVENTS = 8;

/** The lines of one frame: at most `rows - 1` of them, each at most `columns` wide when its colours are taken away. */
export function tableLines(view: DevnetView, options: TableOptions): string[] {
  const { columns, rows, style } = options;
  const head: Line[] = [headline(view, style), [], ...nodeLines(view, style), ...notes(view, style)];
  const foot: Line[] = options.hasEnded === true ? [] : [[], ...howTo(view, options)];
  const room = Math.max(0, rows - 1);
  const forEvents = room - head.length - foot.length - 2;
  const events = forEvents > 0 ? eventLines(view.events.slice(-Math.min(forEvents, MOST_EVENTS)), style) : [];
  const lines = [...head, ...events, ...foot];
  // Where even this is too much, the nodes matter most.
  return lines.slice(0, room).map((line) => rendered(line, columns));
}

function headline(
  { nodes, topology, block_time: blockTime, groups, storage }: DevnetView,
  style: ChalkInstance,
): Line {
  const kept = storage === 'memory' ? ', in memory' : '';
  return [
    { text: 'MiniBitcoin devnet', paint: style.bold },
    // First: what does not fit is cut off at the end.
    ...(groups === null ? [] : [{ text: `  split: ${groupsText(groups)}`, paint: style.yellow }]),
    { text: `  ${counted(nodes.length, 'node')}, ${topology}${kept}, a block about every ${blockTime} s` },
  ];
}

// --- Nodes -----------------------------------------------------------------------------------------------------------

interface Cell extends Piece {
  readonly alignRight?: boolean;
}

function nodeLines(view: DevnetView, style: ChalkInstance): Line[] {
  const tipPaint = paintOfTips(view.nodes, style);
  const isSplit = view.groups !== null;
  const titles = [
    'node',
    'state',
    'height',
    'tip',
    'mempool',
    'peers',
    'hash rate',
    'sync',
    ...(isSplit ? ['group'] : []),
  ];
  const rows = view.nodes.map((node) => cellsOf(node, isSplit, tipPaint, style));
  const widths = titles.map((title, i) =>
    rows.reduce((most, row) => Math.max(most, row[i]?.text.length ?? 0), title.length),
  );
  const line = (cells: readonly Cell[]): Line =>
    cells.flatMap(({ text, paint, alignRight }, i) => {
      const width = widths[i] ?? 0;
      const padded = alignRight === true ? text.padStart(width) : text.padEnd(width);
      return [
        ...(i > 0 ? [{ text: GAP }] : []),
        paint === undefined ? { text: padded } : { text: padded, paint },
      ];
    });
  const alignments = rows[0]?.map(({ alignRight }) => alignRight === true) ?? [];
  const head = titles.map((text, i) => ({ text, paint: style.dim, alignRight: alignments[i] === true }));
  return [line(head), ...rows.map(line)];
}

function cellsOf(
  node: NodeView,
  isSplit: boolean,
  tipPaint: (node: NodeView) => Paint,
  style: ChalkInstance,
): Cell[] {
  const right = (text: string): Cell => ({ text, alignRight: true });
  const { name, state, height, tip_hash: tip, mempool, peers, links, group } = node;
  return [
    { text: name, paint: style.bold },
    { text: state, paint: paintOfState(state, style) },
    right(height === null ? '' : height < 0 ? '-' : String(height)),
    { text: tip === null ? '' : tailOf(tip), paint: tipPaint(node) },
    right(mempool === null ? '' : String(mempool)),
    right(peers === null ? '' : `${peers}/${links}`),
    right(rateText(node)),
    { text: syncText(node) },
    ...(isSplit ? [{ text: group ?? '' }] : []),
  ];
}

/** The beginning of every hash is zeros: what tells two apart is the end. */
export function tailOf(hash: string): string {
  return `…${hash.slice(-8)}`;
}

function rateText({ hash_rate: rate, share }: NodeView): string {
  if (rate === null) return '';
  return rate === 0 && share === 0 ? '-' : hashRateText(rate);
}

export function syncText({ sync_state: state, sync_percent: percent }: NodeView): string {
  switch (state) {
    case null:
      return '';
    case 'idle':
      return 'idle';
    case 'headers':
      return 'headers';
    case 'blocks':
      return `${Math.floor(percent ?? 0)} %`;
  }
}

function paintOfState(state: NodeState, style: ChalkInstance): Paint {
  return {
    running: style.green,
    starting: style.yellow,
    stopping: style.yellow,
    stopped: style.dim,
    died: style.red,
  }[state];
}

/** While tips differ, the same tip has the same colour everywhere. */
function paintOfTips(nodes: readonly NodeView[], style: ChalkInstance): (node: NodeView) => Paint {
  const tips = [...new Set(nodes.filter(({ state }) => state === 'running').map(({ tip_hash: tip }) => tip))];
  const colours = [style.cyan, style.magenta, style.yellow, style.blue, style.green];
  return ({ tip_hash: tip, state }) => {
    if (state !== 'running') return style.dim;
    return tips.length < 2 ? style.reset : (colours[tips.indexOf(tip) % colours.length] ?? style.reset);
  };
}

function notes({ nodes }: DevnetView, style: ChalkInstance): Line[] {
  return nodes
    .filter(
      ({ state, note }) => note !== null && (state === 'died' || (state === 'stopped' && note !== 'stopped')),
    )
    .map(({ name, state, note }) => [
      { text: `${name} ${state}: ${note ?? ''}`, paint: state === 'died' ? style.red : style.dim },
    ]);
}

// --- Below the nodes -------------------------------------------------------------------------------------------------

function eventLines(events: readonly DevnetEvent[], style: ChalkInstance): Line[] {
  if (events.length === 0) return [];
  return [
    [],
    [{ text: 'Last events', paint: style.dim }],
    ...events.map((event): Line => [
      { text: `${clockText(event.at)}  `, paint: style.dim },
      { text: event.text, ...paintOfEvent(event, style) },
    ]),
  ];
}

function paintOfEvent({ event }: DevnetEvent, style: ChalkInstance): { paint?: Paint } {
  if (event === 'reorg' || event === 'partitioned') return { paint: style.yellow };
  if (event === 'healed' || event === 'agreed') return { paint: style.green };
  return event === 'node-died' ? { paint: style.red } : {};
}

function howTo(view: DevnetView, { style, command }: TableOptions): Line[] {
  const [first] = view.nodes;
  const split = view.nodes.length > 1 ? [view.groups === null ? 'partition 1 / 2' : 'heal'] : [];
  const words = [...split, 'stop 1', 'start 1', 'mine 1 --share 30', 'mine off'].join(' | ');
  return [
    [{ text: 'Act in another terminal: ', paint: style.dim }, { text: `${command} …` }],
    [{ text: `  ${words}` }],
    [{ text: 'Ask a node: ', paint: style.dim }, { text: `mini-bitcoin status --node ${first?.url ?? ''}` }],
    [{ text: 'Ctrl-C stops all nodes.', paint: style.dim }],
  ];
}

/** The line in its colours, cut to the width. */
function rendered(line: Line, columns: number): string {
  let left = columns;
  let text = '';
  for (const { text: raw, paint } of line) {
    const piece = raw.replace(/\p{Cc}/gu, ' '); // a node's last words may be anything
    const shown =
      piece.length <= left ? piece : `${piece.slice(0, Math.max(0, left - 1))}${left > 0 ? '…' : ''}`;
    if (shown !== '') text += paint === undefined ? shown : paint(shown);
    left -= shown.length;
  }
  return text;
}
