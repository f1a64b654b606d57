import { sql } from 'kysely';
import type { MigrationKysely } from '../sql-database.ts';

/**
 * What a node knows of each peer. Up to here every row was an address that the owner had given, so that is what the rows
 * that exist are taken for.
 */
export async function up(db: MigrationKysely): Promise<void> {
  await sql`
    ALTER TABLE peers
      ADD COLUMN source         text             NOT NULL DEFAULT 'owner'
                                CHECK (source IN ('owner', 'inbound', 'gossip')),
      ADD COLUMN kind           text             NOT NULL DEFAULT 'unknown'
                                CHECK (kind IN ('unknown', 'mini-bitcoin', 'original')),
      ADD COLUMN misbehaviour   integer          NOT NULL DEFAULT 0 CHECK (misbehaviour >= 0),
      ADD COLUMN banned_until   timestamptz,
      ADD COLUMN ban_reason     varchar(500),
      ADD COLUMN height         integer          CHECK (height >= -1),
      ADD COLUMN latency_ms     double precision CHECK (latency_ms >= 0 AND latency_ms < 'Infinity'),
      ADD COLUMN bytes_received bigint           NOT NULL DEFAULT 0
                                CHECK (bytes_received BETWEEN 0 AND 9007199254740991),
      ADD COLUMN bytes_sent     bigint           NOT NULL DEFAULT 0
                                CHECK (bytes_sent BETWEEN 0 AND 9007199254740991)`.execute(db);

  const comments: readonly [what: string, text: string][] = [
    ['COLUMN peers.is_active', 'It answered when it was asked last.'],
    ['COLUMN peers.last_seen', 'When it answered last; NULL when it never did.'],
    [
      'COLUMN peers.source',
      'How we came to know it: told by the owner, inbound (it said hello to us), or gossip (others told of it).',
    ],
    [
      'COLUMN peers.kind',
      'What is at the other end: mini-bitcoin, or original (the Python program); unknown before it answered.',
    ],
    ['COLUMN peers.misbehaviour', 'Points for bad behaviour; at 100 it is banned.'],
    ['COLUMN peers.banned_until', 'NULL when it is not banned.'],
    ['COLUMN peers.ban_reason', 'Why it is banned, for people.'],
    [
      'COLUMN peers.height',
      'Height of its tip when it told last; -1 for an empty chain, NULL when it never told.',
    ],
    ['COLUMN peers.latency_ms', 'Round trip of a small question, smoothed; NULL when it was never measured.'],
    ['COLUMN peers.bytes_received', 'Bytes of bodies that came from it, over all time.'],
    ['COLUMN peers.bytes_sent', 'Bytes of bodies that went to it, over all time.'],
  ];
  for (const [what, text] of comments) await sql`COMMENT ON ${sql.raw(what)} IS ${sql.lit(text)}`.execute(db);
}

export async function down(db: MigrationKysely): Promise<void> {
  // The program before this one trusts every row: it must not get addresses of strangers, or of whom we banned.
  await sql`DELETE FROM peers WHERE source <> 'owner' OR banned_until > now()`.execute(db);
  await sql`COMMENT ON COLUMN peers.is_active IS NULL`.execute(db);
  await sql`COMMENT ON COLUMN peers.last_seen IS NULL`.execute(db);
  await sql`
    ALTER TABLE peers
      DROP COLUMN source, DROP COLUMN kind, DROP COLUMN misbehaviour, DROP COLUMN banned_until, DROP COLUMN ban_reason,
      DROP COLUMN height, DROP COLUMN latency_ms, DROP COLUMN bytes_received, DROP COLUMN bytes_sent`.execute(
    db,
  );
}
