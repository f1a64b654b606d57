import { describe, expect, it } from 'vitest';
import { Chalk } from 'chalk';
import { colourLevel } from './colours.ts';
import {
  agoText,
  amountText,
  bytesText,
  durationText,
  hashRateText,
  plainText,
  powerOfTwoText,
  timeText,
} from './describe.ts';
import { factsText, type Layout, tableText } from './layout.ts';
import { barText } from './progress.ts';
import { RecordingTerminal } from './recording-terminal.ts';

const plain: Layout = { isTerminal: false, columns: 80, style: new Chalk({ level: 0 }) };
const drawn: Layout = { isTerminal: true, columns: 60, style: new Chalk({ level: 1 }) };
const columns = [
  { title: 'hash', hash: true },
  { title: 'n', align: 'right' as const },
];
const HASH = '0123456789abcdef'.repeat(4);

describe('tables', () => {
  it('are plain columns in a pipe, whole and without colour', () => {
    expect(
      tableText(plain, columns, [
        [HASH, 5],
        ['ab', 1234],
      ]),
    ).toBe(`hash${' '.repeat(60)}     n\n${HASH}     5\nab${' '.repeat(62)}  1234`);
  });

  it('are drawn on a terminal, and shorten hashes that do not fit', () => {
    const text = tableText(drawn, columns, [[HASH, 5]]);
    expect(text).toContain('╭');
    expect(text).toContain('\u001b[');
    expect(text).toContain('01234567…89abcdef');
    expect(tableText({ ...drawn, columns: 100 }, columns, [[HASH, 5]])).toContain(HASH);
  });

  it('leave columns out and cut texts, as far as they may, when a terminal is too narrow', () => {
    const flexible = [
      { title: 'name', cut: { to: 8, at: 'middle' as const } },
      { title: 'spare', spare: 1 },
      { title: 'sparer', spare: 2 },
      { title: 'text', cut: { to: 10, at: 'end' as const } },
    ];
    const row = ['abcdefghijklmnopqrst', 'x', 'y', '0123456789 and so on'];
    const at = (width: number): string[] =>
      tableText({ ...drawn, columns: width, style: new Chalk({ level: 0 }) }, flexible, [row]).split('\n');
    expect(at(64)[3]).toBe('│ abcdefghijklmnopqrst │ x     │ y      │ 0123456789 and so on │');
    expect(at(63)[3]).toBe('│ abcdefghijklmnopqrst │ x     │ y      │ 0123456789 and so … │');
    expect(at(53)[3]).toBe('│ abcdefghi…lmnopqrst │ x     │ y      │ 012345678… │');
    expect(at(41)).toHaveLength(6);
    expect(at(41)[5]).toBe('Left out: sparer; --json shows all.');
    expect(at(25)[3]).toBe('│ abcd…rst │ 012345678… │');
    expect(at(10)[3]).toBe('│ abcd…rst │ 012345678… │'); // there is no way to make it narrower
    expect(at(25)[5]).toMatch(/^Left out: sparer, spare;/);
  });

  it('leave out facts without a value', () => {
    expect(
      factsText(plain, [
        ['a', 1],
        ['bbb', undefined],
        ['cc', null],
        ['d', 'x'],
      ]),
    ).toBe('a  1\nd  x');
  });
});

describe('whether to colour', () => {
  const level = (isTTY: boolean, env: Record<string, string>, noColour = false): number =>
    colourLevel(new RecordingTerminal({ isTTY }).stdout, env, { noColour });

  it.each([
    ['on a terminal', true, {}, false, 1],
    ['in a pipe', false, {}, false, 0],
    ['with NO_COLOR', true, { NO_COLOR: '1' }, false, 0],
    ['with an empty NO_COLOR, which counts as not set', true, { NO_COLOR: '' }, false, 1],
    ['with FORCE_COLOR in a pipe', false, { FORCE_COLOR: '1' }, false, 1],
    ['with FORCE_COLOR=0 on a terminal', true, { FORCE_COLOR: '0' }, false, 0],
    ['with FORCE_COLOR against NO_COLOR', false, { FORCE_COLOR: '3', NO_COLOR: '1' }, false, 3],
    ['with --no-color against FORCE_COLOR', true, { FORCE_COLOR: '1' }, true, 0],
    ['on a dumb terminal', true, { TERM: 'dumb' }, false, 0],
  ])('%s', (_, isTTY, env, flag, expected) => {
    expect(level(isTTY, env as Record<string, string>, flag)).toBe(expected);
  });
});

describe('numbers for people', () => {
  it('are written so', () => {
    expect(amountText(150_000_000)).toBe('150000000 (1.5 coins)');
    expect(amountText(100_000_000)).toBe('100000000 (1 coin)');
    expect(timeText(1_700_000_000)).toBe('2023-11-14 22:13:20 UTC');
    expect([0.25, 12.34, 200, 7500, 100_000].map(durationText)).toEqual([
      '250 ms',
      '12.3 s',
      '3 min 20 s',
      '2 h 5 min',
      '1 d 3 h',
    ]);
    expect([0, 999, 1_000, 999_499, 999_500, 12_345_678, 3e15].map(bytesText)).toEqual([
      ...['0 B', '999 B', '1 kB', '999 kB', '1 MB', '12.3 MB', '3 PB'],
    ]);
    expect([-5, 0.4, 1.9, 90].map(agoText)).toEqual(['now', 'now', '1 s ago', '1 min 30 s ago']);
    expect(plainText(' a\u001b[31mb\r\n\u202ec\u200bd ä\ud800')).toBe('a [31mb c d ä');
    expect([999, 1_250_000].map(hashRateText)).toEqual(['999 H/s', '1.25 MH/s']);
    expect([0n, 256n, 1n << 40n, 3n << 200n].map(powerOfTwoText)).toEqual(['0', '256', '2^40', '2^201.6']);
    expect(barText(35, 100)).toBe('███████░░░░░░░░░░░░░  35 %  35 of 100');
    expect(barText(0, 0)).toContain('100 %');
  });
});
