/** Known peers in SQL. */
import type { PeerKind, PeerSource, PeerStore, StoredPeer } from '../network/ports.ts';
import { boolArray, float8Array, int4Array, int8Array, textArray } from './binary-arrays.ts';
import { checkStoredPeer } from './peer-bounds.ts';
import type { SqlDatabase } from './sql-database.ts';

type PeerRow = readonly [
  url: string,
  isActive: boolean,
  failures: number,
  lastSeenMs: number | null,
  source: PeerSource,
  kind: PeerKind,
  misbehaviour: number,
  bannedUntilMs: number | null,
  banReason: string | null,
  height: number | null,
  latencyMs: string | null,
  bytesReceived: number,
  bytesSent: number,
];

export class SqlPeerStore implements PeerStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async load(): Promise<StoredPeer[]> {
    const { rows } = await this.#database.read({
      name: 'peers-load',
      text: `SELECT url, is_active, failures, round(extract(epoch FROM last_seen) * 1000)::bigint, source, kind, misbehaviour,
                    round(extract(epoch FROM banned_until) * 1000)::bigint, ban_reason, height, latency_ms, bytes_received,
                    bytes_sent
               FROM peers ORDER BY id`,
      values: [],
    });
    return (rows as readonly unknown[] as readonly PeerRow[]).map(peerOf);
  }

  async save(peers: readonly StoredPeer[]): Promise<void> {
    peers.forEach(checkStoredPeer);
    if (peers.length === 0) return;
    // The last of several with one URL counts, in the place of the first: one statement may touch a row only once.
    const unique = [...new Map(peers.map((peer) => [peer.url, peer])).values()];
    await this.#database.write((session) =>
      session.run({
        name: 'peers-save',
        text: `INSERT INTO peers (url, is_active, failures, last_seen, source, kind, misbehaviour, banned_until, ban_reason,
                                  height, latency_ms, bytes_received, bytes_sent)
               SELECT url, is_active, failures, to_timestamp(seen_ms / 1000), source, kind, misbehaviour,
                      to_timestamp(banned_ms / 1000), ban_reason, height::int, latency_ms, bytes_received, bytes_sent
                 FROM unnest($1::text[], $2::bool[], $3::int[], $4::float8[], $5::text[], $6::text[], $7::int[],
                             $8::float8[], $9::text[], $10::float8[], $11::float8[], $12::bigint[], $13::bigint[])
                      WITH ORDINALITY
                      AS p (url, is_active, failures, seen_ms, source, kind, misbehaviour, banned_ms, ban_reason, height,
                            latency_ms, bytes_received, bytes_sent, ord)
                ORDER BY ord
               ON CONFLICT (url) DO UPDATE SET is_active = excluded.is_active, failures = excluded.failures,
                      last_seen = excluded.last_seen, source = excluded.source, kind = excluded.kind,
                      misbehaviour = excluded.misbehaviour, banned_until = excluded.banned_until,
                      ban_reason = excluded.ban_reason, height = excluded.height, latency_ms = excluded.latency_ms,
                      bytes_received = excluded.bytes_received, bytes_sent = excluded.bytes_sent`,
        values: [
          textArray(unique.map(({ url }) => url)),
          boolArray(unique.map(({ isActive }) => isActive)),
          int4Array(unique.map(({ failures }) => failures)),
          float8Array(unique.map(({ lastSeenMs }) => lastSeenMs)),
          textArray(unique.map(({ source }) => source)),
          textArray(unique.map(({ kind }) => kind)),
          int4Array(unique.map(({ misbehaviour }) => misbehaviour)),
          float8Array(unique.map(({ bannedUntilMs }) => bannedUntilMs)),
          textArray(unique.map(({ banReason }) => banReason)),
          float8Array(unique.map(({ height }) => height)),
          float8Array(unique.map(({ latencyMs }) => latencyMs)),
          int8Array(unique.map(({ bytesReceived }) => bytesReceived)),
          int8Array(unique.map(({ bytesSent }) => bytesSent)),
        ],
      }),
    );
  }

  async remove(url: string): Promise<void> {
    await this.#database.write((session) =>
      session.run({ name: 'peers-remove', text: 'DELETE FROM peers WHERE url = $1', values: [url] }),
    );
  }
}

function peerOf(row: PeerRow): StoredPeer {
  const [url, isActive, failures, lastSeenMs, source, kind, misbehaviour, bannedUntilMs, banReason] = row;
  const [, , , , , , , , , height, latencyMs, bytesReceived, bytesSent] = row;
  return {
    url,
    isActive,
    failures,
    lastSeenMs: lastSeenMs ?? undefined,
    source,
    kind,
    misbehaviour,
    bannedUntilMs: bannedUntilMs ?? undefined,
    banReason: banReason ?? undefined,
    height: height ?? undefined,
    latencyMs: latencyMs === null ? undefined : Number(latencyMs),
    bytesReceived,
    bytesSent,
  };
}
