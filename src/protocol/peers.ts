/** Other nodes. */
import { type Static, Type } from '@sinclair/typebox';
import { refTo } from './fields.ts';

/** As many characters as the database keeps. */
export const MAX_PEER_URL_LENGTH = 255;

const peerUrl = Type.String({
  minLength: 1,
  maxLength: MAX_PEER_URL_LENGTH + 1,
  description: 'Base URL of the peer; a slash at the end does not matter.',
  examples: ['http://127.0.0.1:8001'],
});

export const StoredPeer = Type.Object(
  {
    url: Type.String(),
    is_active: Type.Boolean(),
    failures: Type.Integer({ minimum: 0, description: 'Failures in a row.' }),
    last_seen: Type.Optional(Type.Number({ description: 'Seconds since 1970 of its last answer.' })),
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
