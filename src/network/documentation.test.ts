/** docs/network.md against the code: what it lists is there, with these values, and nothing is missing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { API_REASONS, StoredPeer } from '../protocol/index.ts';
import { OFFENCES } from './misbehaviour.ts';
import type { P2pRefusalReason } from './peer-service.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const readDoc = (name: string): string => readFileSync(new URL(name, DOCS), 'utf8');
const text = readDoc('network.md');

/** The text under a heading, up to the next one of the same depth. */
function section(title: string): string {
  const parts = text.split(/^## /m).filter((part) => part.startsWith(title));
  expect(parts, `a section "${title}"`).toHaveLength(1);
  return parts[0] ?? '';
}

/** The cells of all rows of tables, without heads. */
function rows(part: string): string[][] {
  return part
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

const named = (cell = ''): string => /`([^`]+)`/.exec(cell)?.[1] ?? '';

describe('docs/network.md', () => {
  it('lists every offence with its points', () => {
    const told = rows(section('14 '))
      .filter(([name]) => name?.startsWith('`') === true)
      .map(([name, points]) => [named(name), Number(points)]);
    expect(told).toEqual(Object.entries(OFFENCES).map(([name, { points }]) => [name, points]));
  });

  it('lists every refusal with its status', () => {
    const statuses: Record<P2pRefusalReason, number> = {
      'protocol-version': 400,
      'self-connection': 400,
      'other-network': 400,
      'peer-banned': 403,
      'too-many-peers': 503,
      'no-session': 401,
      'malformed-message': 422,
      'too-busy': 503,
    };
    const told = rows(section('5 '))
      .filter(([status]) => /^\d+$/.test(status ?? ''))
      .map(([status, reason]) => [named(reason), Number(status)]);
    expect(Object.fromEntries(told)).toEqual(statuses);
    const known = [...Object.keys(API_REASONS), 'too-many-peers'];
    for (const [reason] of told) expect(known).toContain(reason);
  });

  it('has every message that the API takes', () => {
    const routes = readFileSync(new URL('../api/routes/p2p.ts', import.meta.url), 'utf8');
    const taken = [...routes.matchAll(/(?:'\/p2p\/|\b(?:json|bytes)\(\s*')([a-z-]+)'/g)].map(
      ([, name]) => name,
    );
    const told = rows(section('4 '))
      .filter(([name]) => name?.startsWith('`') === true)
      .map(([name]) => named(name));
    expect(told.toSorted()).toEqual(taken.toSorted());
  });

  it('gives the bounds that the code has', () => {
    const everywhere =
      sourceOf(new URL('.', import.meta.url)) + sourceOf(new URL('../api/', import.meta.url));
    const bounds = rows(section('16 ')).filter(([, , constant]) => constant?.startsWith('`') === true);
    expect(bounds.length).toBeGreaterThan(50);
    for (const [, value = '', constant] of bounds) {
      const name = named(constant);
      // Two files may use one name: then the table says which is meant.
      const file = /\(([a-z-]+\.ts)\)/.exec(constant ?? '')?.[1];
      const source = file === undefined ? everywhere : readFileSync(new URL(file, import.meta.url), 'utf8');
      const found = [...source.matchAll(new RegExp(`\\b${name}(?: =|:) ([\\d_ *]+)[;,]`, 'g'))];
      expect(found.length, `${name} in the code`).toBe(1);
      expect(numberOf(value, name), name).toBe(productOf(found[0]?.[1] ?? ''));
    }
  });

  it('tells every field of a peer, and no other', () => {
    const told = rows(section('17 '))
      .slice(1)
      .flatMap(([cell = '']) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name));
    const fields = told.filter((name) => name?.startsWith('mini_bitcoin_') === false);
    expect(fields.toSorted()).toEqual(Object.keys(StoredPeer.properties).toSorted());
  });

  it('names metrics that there are', () => {
    const code = sourceOf(new URL('../api/', import.meta.url));
    const told = [...text.matchAll(/`mini_bitcoin_([a-z0-9_]+)/g)].map(([, name = '']) => name);
    expect(told.length).toBeGreaterThan(5);
    for (const name of told) expect(code).toMatch(new RegExp(`'(?:mini_bitcoin_)?${name}'`));
  });

  it('shows bytes of the examples only', () => {
    const examples = readDoc('network-example.json') + readDoc('worked-example.json');
    const shown = [...text.matchAll(/\b[0-9a-f]{8,}\b/g)]
      .map(([hex]) => hex)
      .filter((hex) => !/^\d+$/.test(hex));
    expect(shown.length).toBeGreaterThan(30);
    for (const hex of shown) expect(examples, hex).toContain(hex);
  });

  it('links to files and headings that are there', () => {
    for (const [, link = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      const [path = '', anchor] = link.split('#');
      if (path !== '') expect(existsSync(new URL(path, DOCS)), link).toBe(true);
      if (anchor === undefined) continue;
      const page = path === '' ? text : readDoc(path);
      expect(
        [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)),
        link,
      ).toContain(anchor);
    }
  });
});

/** All code of a folder and those below it, tests left out. */
function sourceOf(folder: URL): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(new URL(path, folder), 'utf8'))
    .join('\n');
}

const MS_PER_UNIT = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 } as const;

/** `10 min` in the unit that the constant's name ends with. */
function numberOf(told: string, name: string): number {
  const [digits = '', unit = ''] = told.replaceAll(',', '').split(' ');
  if (!(unit in MS_PER_UNIT)) return Number(digits);
  const ms = Number(digits) * MS_PER_UNIT[unit as keyof typeof MS_PER_UNIT];
  return /m(?:illi)?s$/i.test(name) ? ms : ms / 1_000;
}

function productOf(code: string): number {
  return code.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '')), 1);
}

/** How the usual renderers make an anchor of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replaceAll(' ', '-');
}
