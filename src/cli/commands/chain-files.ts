/** `chain export` and `chain import`: both can be interrupted at any moment and go on when they are run again. */
import { resolve } from 'node:path';
import { blockFromJson, blockHashOf, bytesToHex, encodeBlock } from '../../consensus/index.ts';
import { ApiError } from '../../protocol/client-errors.ts';
import type { ApiClient } from '../../protocol/index.ts';
import {
  ChainFile,
  type ChainFileIndex,
  type ChainFileRecord,
  FILE_HEADER_BYTES,
  NotAChainFileError,
  paramsFingerprint,
} from '../chain-file.ts';
import { CliError, meaningOf } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { counted } from '../describe.ts';
import { factsText } from '../layout.ts';
import { barText, type Progress } from '../progress.ts';

const BLOCKS_PER_PAGE = 20;
/** A page of the largest blocks, as JSON. */
const MAX_PAGE_BYTES = 512 * 1024 * 1024;

export async function exportChain(context: Context, path: string): Promise<void> {
  const client = context.client();
  const fingerprint = paramsFingerprint(await client.params(context.call));
  const { height: tip } = await client.chainInfo(context.call);
  const outcome = await context.withProgress('Exporting', async (progress) => {
    const { file, isNew } = await openForExport(resolve(context.terminal.cwd, path), fingerprint);
    try {
      const kept = isNew
        ? 0
        : await prepareToContinue(context, client, file, { path, fingerprint, tip, progress });
      const written = await appendBlocks(context, client, file, kept, tip, progress);
      return { kept, written };
    } finally {
      // Also when it was interrupted: what was written is good, and the next run builds on it.
      await file.flush();
      await file.close();
    }
  });
  const blocks = outcome.kept + outcome.written;
  context.result({ file: path, blocks, written: outcome.written, height: blocks - 1 }, () =>
    factsText(context.layout, [
      ['file', path],
      ['written', counted(outcome.written, 'block')],
      [
        'in the file',
        blocks === 0
          ? 'no blocks: the chain is empty'
          : `${counted(blocks, 'block')}, heights 0 to ${blocks - 1}`,
      ],
    ]),
  );
}

async function openForExport(
  path: string,
  fingerprint: Uint8Array,
): Promise<{ file: ChainFile; isNew: boolean }> {
  try {
    return { file: await ChainFile.create(path, fingerprint), isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { file: await ChainFile.open(path, 'append'), isNew: false };
  }
}

/** Finds out how much of the file is still right, and cuts the rest off, if that loses nothing. Returns blocks kept. */
async function prepareToContinue(
  context: Context,
  client: ApiClient,
  file: ChainFile,
  job: { path: string; fingerprint: Uint8Array; tip: number; progress: Progress },
): Promise<number> {
  const { path, tip } = job;
  const index = await readIndex(context, file, path, bytesToHex(job.fingerprint), job.progress);
  if (index.damage !== undefined) {
    if (index.damage.kind === 'damaged') {
      throw new CliError(`${path} is damaged: ${index.damage.detail}.`, {
        reason: 'file-damaged',
        hint: 'Export to another file.',
      });
    }
    await file.cutAt(index.goodBytes); // the last run was interrupted in the middle of a block
  }
  const agreed = await countAgreed(context, client, index.records, tip);
  const inFile = index.records.length;
  if (agreed === inFile) return agreed;
  const rest = index.records[agreed];
  if (agreed === 0 || rest === undefined || tip < inFile - 1) {
    throw new CliError(
      agreed === tip + 1
        ? `${path} holds ${counted(inFile, 'block')}, and the node has only the first ${agreed} of them.`
        : `${path} holds another chain than the node: they part at height ${agreed}.`,
      { reason: 'other-chain', hint: 'Export to another file; nothing was changed in this one.' },
    );
  }
  context.note(
    `The chain was reorganised since: ${counted(inFile - agreed, 'block')} from height ${agreed} on are written anew.`,
  );
  await file.cutAt(rest.offset);
  return agreed;
}

/** How many blocks of the file, from genesis up, are on the node's active chain: a search by halves. */
async function countAgreed(
  context: Context,
  client: ApiClient,
  records: readonly ChainFileRecord[],
  tip: number,
): Promise<number> {
  const agrees = async (record: ChainFileRecord): Promise<boolean> => {
    if (record.height > tip) return false;
    const { headers } = await client.headers({ from: record.height, limit: 1 }, context.call);
    return headers[0]?.block_hash === record.hash;
  };
  return partition(records, agrees);
}

/** Number of leading items for which `holds` is true, when it is false for all after the first that it is false for. */
async function partition<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<number> {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && (await holds(item))) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function appendBlocks(
  context: Context,
  client: ApiClient,
  file: ChainFile,
  from: number,
  tip: number,
  progress: Progress,
): Promise<number> {
  if (from > tip) return 0;
  let written = 0;
  let previous: string | undefined;
  const call = { ...context.call, maxResponseBytes: MAX_PAGE_BYTES };
  for await (const json of client.allBlocks({ from, pageSize: BLOCKS_PER_PAGE }, call)) {
    if (json.height > tip) break; // what was mined meanwhile is for the next run
    const block = blockFromJson(json);
    if (!block.ok)
      throw new CliError(`The node sent an unreadable block at height ${json.height}: ${block.detail}`);
    if (previous !== undefined && block.value.header.prevHash !== previous) {
      throw new CliError(`The chain was reorganised during the export, at height ${json.height}.`, {
        reason: 'reorganised',
        hint: 'Run the same command again: it goes on from there.',
      });
    }
    previous = blockHashOf(block.value.header);
    await file.append(encodeBlock(block.value));
    written++;
    progress.say(`Exporting  ${barText(from + written, tip + 1)} blocks`);
  }
  return written;
}

export async function importChain(context: Context, path: string): Promise<void> {
  const client = context.client();
  const file = await ChainFile.open(resolve(context.terminal.cwd, path), 'read');
  try {
    const { index, known, imported } = await context.withProgress('Importing', async (progress) => {
      const fingerprint = bytesToHex(paramsFingerprint(await client.params(context.call)));
      const found = await readIndex(context, file, path, fingerprint, progress);
      const first = await partition(found.records, (record) => isKnown(context, client, record));
      const outcome = await handIn(context, client, file, { path, records: found.records, first, progress });
      return { index: found, ...outcome };
    });
    const { height } = await client.chainInfo(context.call);
    const blocks = index.records.length;
    if (index.damage !== undefined) {
      throw new CliError(`${path}: ${index.damage.detail}.`, {
        reason: `file-${index.damage.kind}`,
        hint: `${reached(blocks)} Get a complete file and run the command again: it goes on from there.`,
        facts: { blocks, known, imported, height },
      });
    }
    context.result({ file: path, blocks, known, imported, height }, () =>
      factsText(context.layout, [
        ['file', path],
        ['in the file', counted(blocks, 'block')],
        ['imported', counted(imported, 'block')],
        ['known before', known === 0 ? undefined : counted(known, 'block')],
        ['height now', height],
      ]),
    );
  } finally {
    await file.close();
  }
}

/** Tells how far an import came. */
function reached(blocks: number): string {
  return blocks === 0 ? 'No block was imported.' : `The node has the blocks up to height ${blocks - 1}.`;
}

async function readIndex(
  context: Context,
  file: ChainFile,
  path: string,
  fingerprint: string,
  progress: Progress,
): Promise<ChainFileIndex> {
  let index: ChainFileIndex;
  try {
    index = await file.index(
      (bytes, total) =>
        progress.say(
          `Reading ${path}  ${barText(bytes - FILE_HEADER_BYTES, total - FILE_HEADER_BYTES)} bytes`,
        ),
      context.signal,
    );
  } catch (error) {
    if (!(error instanceof NotAChainFileError)) throw error;
    throw new CliError(`${path} is no chain file: ${error.message}.`, {
      reason: 'not-a-chain-file',
      hint: 'Such files are made by `mini-bitcoin chain export FILE`.',
    });
  }
  if (index.fingerprint !== fingerprint) {
    throw new CliError(
      `${path} belongs to another network: its chain parameters are not those of the node.`,
      {
        reason: 'other-network',
        hint: 'The parameters are told by `mini-bitcoin chain info --json`; both nodes need the same.',
      },
    );
  }
  return index;
}

async function isKnown(context: Context, client: ApiClient, record: ChainFileRecord): Promise<boolean> {
  try {
    const { status } = await client.block(record.hash, context.call);
    return status === 'active' || status === 'valid-fork';
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

async function handIn(
  context: Context,
  client: ApiClient,
  file: ChainFile,
  job: { path: string; records: readonly ChainFileRecord[]; first: number; progress: Progress },
): Promise<{ known: number; imported: number }> {
  let known = job.first;
  let imported = 0;
  for (const record of job.records.slice(job.first)) {
    try {
      await client.submitBlock(await file.readBlock(record), context.call);
      imported++;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 409) throw refused(record, error, { known, imported });
      known++;
    }
    job.progress.say(`Importing  ${barText(record.height + 1, job.records.length)} blocks`);
  }
  return { known, imported };
}

function refused(
  record: ChainFileRecord,
  error: ApiError,
  done: { known: number; imported: number },
): CliError {
  const meaning = meaningOf(error.reason);
  return new CliError(
    `The node refuses the block at height ${record.height} (record at byte ${record.offset}): ${error.detail}`,
    {
      reason: error.reason ?? 'refused',
      hint: `${reached(record.height)}${meaning === undefined ? '' : ` ${meaning}`}`,
      facts: { height: record.height, block_hash: record.hash, ...done },
      cause: error,
    },
  );
}
