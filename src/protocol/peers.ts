/** Other nodes. */
import { type Static, Type } from '@sinclair/typebox';
import { count, hash, nullable, refTo, words, work } from './fields.ts';

/** As many characters as the database keeps. */
export const MAX_PEER_URL_LENGTH = 255;

const peerUrl = Type.String({
  minLength: 1,
  maxLength: MAX_PEER_URL_LENGTH + 1,
  description: 'Base URL of the peer; a slash at the end does not matter.',
  examples: ['http://127.0.0.1:8001'],
});

export const PEER_STATES = ['connected', 'connecting', 'waiting', 'known', 'refused', 'banned'] as const;

export const StoredPeer = Type.Object(
  {
    url: Type.String(),
    is_active: Type.Boolean({ description: 'It answered when it was asked last.' }),
    failures: count('Failures in a row.'),
    last_seen: Type.Optional(Type.Number({ description: 'Seconds since 1970 of its last answer.' })),
    state: words(PEER_STATES, { description: 'How it stands now.' }),
    kind: words(['unknown', 'mini-bitcoin', 'original'], {
      description: '`original` is the Python program.',
    }),
    source: words(['owner', 'inbound', 'gossip'], {
      description: 'How we came to know it: told by the owner, it said hello to us, or others told of it.',
    }),
    node_id: nullable(Type.String(), { description: 'Its number for this run.' }),
    node_name: nullable(Type.String(), { description: 'What it calls itself.' }),
    agent: nullable(Type.String(), { description: 'Name and version of its software.' }),
    height: nullable(Type.Integer({ minimum: -1 }), { description: 'Height of its tip when it told last.' }),
    tip_hash: nullable(hash('Hash of that tip.')),
    chain_work: nullable(work('Work that it claims.')),
    latency_ms: nullable(Type.Number({ minimum: 0 }), {
      description: 'Round trip of a small question, smoothed.',
    }),
    bytes_received: count('Bytes of bodies that came from it, over all time.'),
    bytes_sent: count('Bytes of bodies that went to it, over all time.'),
    blocks_in_flight: count('Blocks that we wait for from it.'),
    misbehaviour: count('Points for bad behaviour; at 100 it is banned.'),
    banned_until: nullable(Type.Number(), { description: 'Seconds since 1970.' }),
    ban_reason: nullable(Type.String()),
    calls_us: Type.Boolean({ description: 'It has said hello to us.' }),
    connected_since: nullable(Type.Number(), { description: 'Seconds since 1970.' }),
    next_attempt_at: nullable(Type.Number(), { description: 'Seconds since 1970.' }),
    last_error: nullable(Type.String(), { description: 'What went wrong last.' }),
  },
  { $id: 'StoredPeer' },
);
export type StoredPeer = Static<typeof StoredPeer>;

export const PeersAnswer = Type.Object({
  peers: Type.Array(Type.String(), { description: 'Base URLs of the peers in use.' }),
  stored_peers: Type.Array(refTo(StoredPeer)),
});
export type PeersAnswer = Static<typeof PeersAnswer>;

export const AddPeerRequest = Type.Object({ url: peerUrl });
export type AddPeerRequest = Static<typeof AddPeerRequest>;
export const AddPeerAnswer = Type.Object({ message: Type.String() });
export type AddPeerAnswer = Static<typeof AddPeerAnswer>;

/** Names one peer. */
export const PeerRequest = Type.Object({ url: peerUrl });
export type PeerRequest = Static<typeof PeerRequest>;
export const PeerChangeAnswer = Type.Object({ message: Type.String() });
export type PeerChangeAnswer = Static<typeof PeerChangeAnswer>;
export const BanPeerRequest = Type.Object({
  url: peerUrl,
  seconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 31_536_000, description: 'For how long; a day when not given.' }),
  ),
  reason: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'For people.' })),
});
export type BanPeerRequest = Static<typeof BanPeerRequest>;
export const BanPeerAnswer = Type.Object({
  message: Type.String(),
  banned_until: Type.Number({ description: 'Seconds since 1970.' }),
});
export type BanPeerAnswer = Static<typeof BanPeerAnswer>;

export const SyncRequest = Type.Object({ peer_url: peerUrl });
export type SyncRequest = Static<typeof SyncRequest>;
export const SyncAnswer = Type.Object({
  synced: Type.Boolean({ description: 'Whether the chain changed.' }),
  message: Type.String(),
  new_height: Type.Integer({
    minimum: -1,
    description: 'Height of our tip afterwards; -1 when nothing changed.',
  }),
});
export type SyncAnswer = Static<typeof SyncAnswer>;
