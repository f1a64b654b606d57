/**
 * Reading many headers quickly.
 *
 * A row per header and a value per column would cost the driver more than the database: a million small texts for 100,000
 * headers. So the server packs a whole portion into one value of fixed-width records, which arrives as hex: most of it can
 * be cut out and used as it is. What has no fixed width travels in a second text.
 *
 *     0     32         64           96      128       132     140         148     152     156      160        168
 *     hash | prev_hash | merkle_root | target | version | timestamp | nonce | height | status | has body | sequence
 *
 * Every packed integer is big-endian, as PostgreSQL's `int4send` and `int8send` write it.
 */
import type { StoredHeader } from '../chainstate/ports.ts';
import type { BlockHash, BlockStatus, Reason, Target, Work } from '../consensus/index.ts';
import { StorageInvariantError } from './errors.ts';
import type { SqlDatabase, SqlRow } from './sql-database.ts';

const PORTION_HEADERS = 5_000;
const RECORD_HEX = 2 * 168;
const STATUSES: readonly BlockStatus[] = ['active', 'valid-fork', 'headers-only', 'invalid'];

/**
 * Keyset over (height, sequence): parents come before children, and a portion costs the same wherever it is. The
 * aggregates keep the order of the sorted subquery (PostgreSQL manual, "Aggregate Functions"); the body is not read.
 */
const SELECT_PORTION = `
  SELECT string_agg(hash || prev_hash || merkle_root || target || int4send(version) || int8send("timestamp")
                      || int8send(nonce) || int4send(height) || int4send(status_number) || int4send(has_body)
                      || int8send(sequence), ''::bytea),
         string_agg(chain_work::text || coalesce(':' || invalid_reason, ''), ',')
    FROM (SELECT hash, prev_hash, merkle_root, target, version, "timestamp", nonce, height, sequence, chain_work,
                 invalid_reason, (block_bytes IS NOT NULL)::int AS has_body,
                 array_position(ARRAY['active', 'valid-fork', 'headers-only', 'invalid'], status) - 1 AS status_number
            FROM blocks WHERE (height, sequence) > ($1::int, $2::bigint)
           ORDER BY height, sequence LIMIT ${PORTION_HEADERS}) AS portion`;

interface Portion {
  readonly headers: readonly StoredHeader[];
  readonly lastSequence: bigint;
}

/** All headers in portions. While one is being used, the next is on its way. */
export async function* loadHeaders(database: SqlDatabase): AsyncGenerator<readonly StoredHeader[]> {
  const fetch = async (height: number, sequence: bigint): Promise<Portion | undefined> => {
    const { rows } = await database.read({
      name: 'load-headers',
      text: SELECT_PORTION,
      values: [height, sequence.toString()],
    });
    return unpack(rows[0]);
  };
  let next = fetch(-1, 0n);
  for (;;) {
    const portion = await next;
    const last = portion?.headers.at(-1);
    if (portion === undefined || last === undefined) return;
    const isLast = portion.headers.length < PORTION_HEADERS;
    if (!isLast) {
      next = fetch(last.height, portion.lastSequence);
      next.catch(() => undefined); // told when it is awaited, if ever
    }
    yield portion.headers;
    if (isLast) return;
  }
}

function unpack(row: SqlRow | undefined): Portion | undefined {
  const [records, texts] = row ?? [];
  if (typeof records !== 'string' || typeof texts !== 'string') return undefined; // sums over no rows are null
  const works = texts.split(',');
  if (records.length !== works.length * RECORD_HEX)
    throw new StorageInvariantError(`${works.length} headers take ${records.length} digits`);
  // Consecutive headers mostly have the same target; most bigints need not be made.
  let targetHex = '';
  let target = 0n as Target;
  const headers = works.map((workAndReason, index): StoredHeader => {
    const start = index * RECORD_HEX;
    const bytes = (from: number, to: number): string => records.slice(start + 2 * from, start + 2 * to);
    const uint32 = (at: number): number => parseInt(bytes(at, at + 4), 16);
    if (bytes(96, 128) !== targetHex) {
      targetHex = bytes(96, 128);
      target = BigInt(`0x${targetHex}`) as Target;
    }
    const status = STATUSES[uint32(152)];
    if (status === undefined) throw new StorageInvariantError('a block has an unknown status');
    const [work = '', reason] = workAndReason.split(':');
    return {
      hash: bytes(0, 32) as BlockHash,
      header: {
        version: uint32(128) | 0, // signed
        prevHash: bytes(32, 64) as BlockHash,
        merkleRoot: bytes(64, 96),
        timestamp: uint32(136), // of the eight bytes of a uint32 in an int8, the first four are zero
        target,
        nonce: uint32(144),
      },
      height: uint32(148),
      chainWork: BigInt(work) as Work,
      status,
      hasBody: uint32(156) === 1,
      invalidReason: reason as Reason | undefined,
    };
  });
  return { headers, lastSequence: BigInt(`0x${records.slice(-16)}`) };
}
