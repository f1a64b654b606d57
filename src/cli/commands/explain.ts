/** `explain`: what each byte of a header, transaction or block is for. */
import type { Command } from 'commander';
import {
  blockFromJson,
  blockHashOf,
  blockSize,
  encodeBlock,
  encodeHeader,
  encodeTransaction,
  hashMeetsTarget,
  hexToBytes,
  isHex,
  merkleRoot,
  transactionFromJson,
  transactionSize,
  txidOf,
  type Verdict,
  wtxidOf,
} from '../../consensus/index.ts';
import { ApiError } from '../../protocol/client-errors.ts';
import {
  annotate,
  type Annotated,
  annotateAs,
  type AnnotatedField,
  type Kind,
  KINDS,
} from '../../explain/annotate.ts';
import { CliError, usageError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type Fact, factsText, tableText } from '../layout.ts';
import { readStandardInput } from '../standard-input.ts';
import { fetchBlock } from './chain.ts';
import { examples } from './examples.ts';

/** The largest block in hex. */
const MAX_INPUT_BYTES = 64 * 1024 * 1024;

const KIND_NAMES: Readonly<Record<Kind, string>> = {
  header: 'Block header',
  transaction: 'Transaction, full bytes (with signatures)',
  identity: 'Transaction, identity bytes (without signatures: what the txid is the hash of)',
  block: 'Block, full bytes',
};

export function addExplainCommand(program: Command, context: Context): void {
  program
    .command('explain')
    .summary('show what each byte of a header, transaction or block is for')
    .description(
      'Takes bytes apart, field by field. Hex is read here, without a node. A transaction id, block hash or height is looked up on ' +
        'the node: of a block its header is shown, with --as block all of it.',
    )
    .argument(
      '<what>',
      'bytes in hex, a transaction id, a block hash, a height, or tip; - reads hex from standard input',
    )
    .option('--as <kind>', `${KINDS.join(', ')}; found out when left out`)
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin explain tip',
        'mini-bitcoin explain 061776dfcf0ebf1277636aa059c9b82922e5a0409b0dd3ba1f61098c56a0b60f',
        'mini-bitcoin explain 0 --as block',
        'mini-bitcoin explain 0100000001…00000000',
      ),
    )
    .action(async (what: string, options: { as?: string }) => {
      const kind = kindOf(options.as);
      const text =
        what === '-' ? await readStandardInput(context.terminal, context.signal, MAX_INPUT_BYTES) : what;
      const annotated = await read(context, text.replace(/\s+/g, ''), kind);
      print(context, annotated);
    });
}

function kindOf(text: string | undefined): Kind | undefined {
  if (text === undefined) return undefined;
  const kind = KINDS.find((candidate) => candidate === text);
  if (kind === undefined) throw usageError(`--as: "${text}" is none of ${KINDS.join(', ')}.`);
  return kind;
}

async function read(context: Context, text: string, kind: Kind | undefined): Promise<Annotated> {
  const clean = text.trim().toLowerCase().replace(/^0x/, '');
  if (clean === 'tip' || clean === 'latest') return ofBlock(context, 'tip', kind);
  if (/^\d{1,10}$/.test(clean)) return ofBlock(context, Number(clean), kind);
  if (isHex(clean, 32)) return ofHash(context, clean, kind);
  if (clean === '' || !isHex(clean)) {
    throw usageError(
      /^[0-9a-f]+$/.test(clean)
        ? `Hex has two digits for each byte; this has ${clean.length}, an odd number.`
        : 'This is neither hex, nor a height, nor "tip".',
    );
  }
  return ofBytes(hexToBytes(clean), kind);
}

/** 64 hex characters: the hash of a transaction or of a block; the node knows which. */
async function ofHash(context: Context, hash: string, kind: Kind | undefined): Promise<Annotated> {
  if (kind !== 'header' && kind !== 'block') {
    try {
      const transaction = decoded(transactionFromJson(await context.client().tx(hash, context.call)));
      const full = ofBytes(encodeTransaction(transaction), 'transaction');
      return kind === 'identity' ? ofBytes(withoutSignatures(full), 'identity') : full;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404 || kind !== undefined) throw error;
    }
  }
  try {
    return await ofBlock(context, hash, kind);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    throw new CliError('The node knows neither a transaction nor a block of this id.', {
      exitCode: EXIT.notFound,
      reason: 'not-found',
      hint: 'A private key looks the same, 64 hex characters: never show one to anybody.',
    });
  }
}

async function ofBlock(context: Context, name: string | number, kind: Kind | undefined): Promise<Annotated> {
  if (kind === 'transaction' || kind === 'identity')
    throw usageError(`A block cannot be explained as ${kind}.`, 'Use --as block or --as header.');
  const block = decoded(blockFromJson(await fetchBlock(context, name)));
  return kind === 'block'
    ? ofBytes(encodeBlock(block), 'block')
    : ofBytes(encodeHeader(block.header), 'header');
}

function decoded<T>(verdict: Verdict<T>): T {
  if (verdict.ok) return verdict.value;
  throw new CliError(`The node sent something unreadable: ${verdict.detail}`, { reason: verdict.reason });
}

/** The fields of the full bytes, less what the txid leaves out. */
function withoutSignatures({ fields }: Annotated): Uint8Array {
  return hexToBytes(
    fields
      .filter(({ field }) => !/\.(signature|pubkey)( length)?$/.test(field))
      .map(({ bytes }) => bytes)
      .join(''),
  );
}

function ofBytes(bytes: Uint8Array, kind: Kind | undefined): Annotated {
  const result = kind === undefined ? annotate(bytes) : annotateAs(kind, bytes);
  if ('fields' in result) return result;
  const failures = 'detail' in result ? [result] : result;
  throw new CliError(
    `These ${bytes.length} bytes are ${kind === undefined ? 'neither a header (108 bytes), a transaction nor a block' : `no ${kind}`}.`,
    {
      reason: 'malformed-encoding',
      hint: failures.map((failure) => `As ${failure.kind}: ${failure.detail}.`).join(' '),
    },
  );
}

/** What the whole amounts to, below the table. */
function conclusions(
  context: Context,
  annotated: Annotated,
): { json: Record<string, unknown>; facts: Fact[] } {
  const { style } = context;
  switch (annotated.kind) {
    case 'header':
    case 'block': {
      const header = annotated.kind === 'header' ? annotated.header : annotated.block.header;
      const hash = blockHashOf(header);
      const meets = hashMeetsTarget(hash, header.target);
      const facts: Fact[] = [
        ['block hash', `${hash} = sha256d of the 108 bytes of the header`],
        [
          'proof of work',
          meets
            ? style.green('holds: the hash is not above the target')
            : style.red('missing: the hash is above the target'),
        ],
      ];
      if (annotated.kind === 'header') return { json: { block_hash: hash, meets_target: meets }, facts };
      const { block } = annotated;
      const { root, mutated } = merkleRoot(block.transactions.map(txidOf));
      const fits = root === header.merkleRoot && !mutated;
      facts.push([
        'merkle root',
        fits
          ? style.green('fits the transactions')
          : style.red(`does not fit: the transactions give ${root}`),
      ]);
      facts.push(['size', `${blockSize(block)} bytes`]);
      return {
        json: { block_hash: hash, meets_target: meets, merkle_root_fits: fits, size: blockSize(block) },
        facts,
      };
    }
    case 'transaction': {
      const { transaction } = annotated;
      const size = transactionSize(transaction);
      return {
        json: { txid: txidOf(transaction), wtxid: wtxidOf(transaction), size },
        facts: [
          ['txid', `${txidOf(transaction)} = sha256d of these bytes without signatures and public keys`],
          ['wtxid', `${wtxidOf(transaction)} = sha256d of all these bytes`],
          ['size', `${size} bytes`],
        ],
      };
    }
    case 'identity':
      return {
        json: { txid: txidOf(annotated.transaction) },
        facts: [['txid', `${txidOf(annotated.transaction)} = sha256d of these bytes`]],
      };
  }
}

function print(context: Context, annotated: Annotated): void {
  const { json, facts } = conclusions(context, annotated);
  const length = annotated.fields.reduce((sum, field) => sum + field.length, 0);
  context.result({ kind: annotated.kind, length, ...json, fields: annotated.fields }, () => {
    const { layout, style } = context;
    const title = style.bold(`${KIND_NAMES[annotated.kind]}: ${length} bytes`);
    return `${title}\n\n${layout.isTerminal ? onTerminal(context, annotated.fields) : plain(context, annotated.fields)}\n\n${factsText(layout, facts)}`;
  });
}

/** Bytes to a line in the table on a terminal. */
const BYTES_PER_LINE = 16;
const NARROW_BYTES_PER_LINE = 8;
/** What the columns beside bytes and meaning need. */
const WIDE_TERMINAL = 130;

/** Two lines a field: where and what it is, and below it what it means. Fits eighty columns. */
function onTerminal({ layout, style }: Context, fields: readonly AnnotatedField[]): string {
  const perLine = layout.columns >= WIDE_TERMINAL ? BYTES_PER_LINE : NARROW_BYTES_PER_LINE;
  return tableText(
    layout,
    [
      { title: 'offset', align: 'right', paint: (text) => style.dim(text) },
      { title: 'bytes', paint: (text) => style.cyan(text) },
      { title: 'field, how it is stored, what it means' },
    ],
    fields.map(({ offset, bytes, field, stored, value, meaning }) => [
      offset,
      grouped(bytes, perLine),
      wrapped(
        [
          `${field}${value === bytes ? '' : ` = ${shortValue(value)}`}`,
          ...wrapWords(`${stored}: ${meaning}`, layout.columns - 9 - 3 * perLine - 5),
        ],
        style.bold,
      ),
    ]),
  );
}

function wrapped(lines: readonly string[], first: (text: string) => string): string {
  return lines.map((line, i) => (i === 0 ? first(line) : line)).join('\n');
}

function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(24, width)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function shortValue(value: string): string {
  return value.length > 24 ? `${value.slice(0, 20)}…` : value;
}

function grouped(hex: string, bytesPerLine: number): string {
  const pairs = hex.match(/../g) ?? [];
  const lines: string[] = [];
  for (let i = 0; i < pairs.length; i += bytesPerLine) lines.push(pairs.slice(i, i + bytesPerLine).join(' '));
  return lines.join('\n');
}

/** One line a field, whole bytes, for other programs and for files. */
function plain({ layout }: Context, fields: readonly AnnotatedField[]): string {
  return tableText(
    layout,
    [
      { title: 'offset', align: 'right' },
      { title: 'length', align: 'right' },
      { title: 'field' },
      { title: 'value' },
      { title: 'stored' },
      { title: 'meaning' },
      { title: 'bytes' },
    ],
    fields.map(({ offset, length, field, value, bytes, stored, meaning }) => [
      offset,
      length,
      field,
      value === bytes ? '(the bytes)' : value,
      stored,
      meaning,
      bytes,
    ]),
  );
}
