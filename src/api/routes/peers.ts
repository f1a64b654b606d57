/** Other nodes: GET /peers, and what their owner does with them. */
import type { Failure } from '../../consensus/index.ts';
import { normalisePeerUrl, type PeerStatus } from '../../network/index.ts';
import {
  AddPeerAnswer,
  AddPeerRequest,
  BanPeerAnswer,
  BanPeerRequest,
  PeerChangeAnswer,
  PeerRequest,
  PeersAnswer,
  type StoredPeer,
  SyncAnswer,
  SyncRequest,
} from '../../protocol/index.ts';
import { watchCaller } from '../long-request.ts';
import { Refusal, refusalOf } from '../refusal.ts';
import { type Api, answers, OWNER_SECURITY, type RouteContext } from '../route-context.ts';

const DEFAULT_BAN_S = 86_400;
const DEFAULT_BAN_REASON = 'the owner of this node banned it';

export function peerRoutes(app: Api, context: RouteContext): void {
  const { peers } = context.services;

  app.get(
    '/peers',
    {
      schema: {
        tags: ['peers'],
        summary: 'The peers of this node',
        description:
          'From memory. States: `connected`: it answers; `connecting`: the handshake is under way; `waiting`: it failed, or is ' +
          'not wanted now, and is tried again; `known`: heard of, never tried; `refused`: of another network, or this node ' +
          'itself; `banned`: it misbehaved, or its owner wants it so.',
        response: answers(PeersAnswer, 'Peers in use, and all that are known, those in use first.'),
      },
    },
    () => {
      const all = peers.list();
      return {
        peers: all.filter(({ state }) => state === 'connected').map(({ url }) => url),
        stored_peers: all.map(peerMessage),
      };
    },
  );

  app.post(
    '/peers/add',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['peers'],
        summary: 'Remember a peer, and try it at once',
        description:
          'It is kept over restarts and tried for ever, whether it answers or not. A ban of it ends.',
        security: OWNER_SECURITY,
        body: AddPeerRequest,
        response: answers(AddPeerAnswer, 'It is remembered.', [400, 401, 403, 413, 415]),
      },
    },
    async (request) => {
      const added = await peers.add(request.body.url);
      if (!added.ok) throw refusalOfPeer(added);
      return { message: `Added peer: ${added.value.url}` };
    },
  );

  app.post(
    '/peers/remove',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['peers'],
        summary: 'Forget a peer',
        description:
          'Ends the connection, and a ban. Others may tell of it again, or it may call: to keep it away, ban it.',
        security: OWNER_SECURITY,
        body: PeerRequest,
        response: answers(PeerChangeAnswer, 'It is forgotten.', [400, 401, 403, 404, 413, 415]),
      },
    },
    async (request) => {
      const removed = await peers.remove(request.body.url);
      if (!removed.ok) throw refusalOfPeer(removed);
      return { message: `Removed peer: ${removed.value.url}` };
    },
  );

  app.post(
    '/peers/ban',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['peers'],
        summary: 'Have nothing to do with a peer for a while',
        description: 'Ends the connection and refuses it, both ways. It need not be known yet.',
        security: OWNER_SECURITY,
        body: BanPeerRequest,
        response: answers(BanPeerAnswer, 'It is banned.', [400, 401, 403, 413, 415]),
      },
    },
    async (request) => {
      const { url, seconds = DEFAULT_BAN_S, reason = '' } = request.body;
      const banned = await peers.ban(url, { seconds, reason: oneLine(reason) || DEFAULT_BAN_REASON });
      if (!banned.ok) throw refusalOfPeer(banned);
      return { message: `Banned peer: ${banned.value.url}`, banned_until: banned.value.untilMs / 1_000 };
    },
  );

  app.post(
    '/peers/unban',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['peers'],
        summary: 'End a ban',
        security: OWNER_SECURITY,
        body: PeerRequest,
        response: answers(PeerChangeAnswer, 'It is banned no more.', [400, 401, 403, 404, 413, 415]),
      },
    },
    async (request) => {
      const unbanned = await peers.unban(request.body.url);
      if (!unbanned.ok) throw refusalOfPeer(unbanned);
      return { message: `Unbanned peer: ${unbanned.value.url}` };
    },
  );

  app.post(
    '/sync',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['peers'],
        summary: 'Fetch a peer’s chain, and follow it if it has more work',
        description: 'The answer comes when it is done; `sync` of `GET /health` tells how far it is.',
        security: OWNER_SECURITY,
        body: SyncRequest,
        response: answers(SyncAnswer, 'What came of it.', [400, 401, 403, 413, 415, 502]),
      },
    },
    async (request, reply) => {
      // Told apart here: an address that is none is the caller's mistake, a peer that does not answer is not.
      const url = normalisePeerUrl(request.body.peer_url);
      if (!url.ok) throw refusalOf(url);
      const caller = watchCaller(request, reply, context);
      try {
        const { synced, message, newHeight } = await peers.sync(url.value);
        return { synced, message, new_height: newHeight };
      } finally {
        caller.release();
      }
    },
  );
}

/** What is not there is 404, whichever method asks for it. */
function refusalOfPeer(failure: Failure): Refusal {
  if (failure.reason !== 'peer-unknown') return refusalOf(failure);
  return new Refusal(404, failure.reason, failure.detail, {
    hint: 'GET /peers, or `mini-bitcoin peers list`, shows all that are known and their states.',
  });
}

/** A caller's words as the database can keep them and logs can show them: without control characters. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
}

/** A peer as `GET /peers` tells it. */
/** A peer in the words of the API. */
export function peerMessage(peer: PeerStatus): StoredPeer {
  return {
    url: peer.url,
    is_active: peer.isActive,
    failures: peer.failures,
    // As the original: the field is not there when there is nothing to say.
    ...(peer.lastSeenMs === undefined ? {} : { last_seen: peer.lastSeenMs / 1_000 }),
    state: peer.state,
    kind: peer.kind,
    source: peer.source,
    node_id: peer.nodeId ?? null,
    node_name: peer.nodeName ?? null,
    agent: peer.agent ?? null,
    height: peer.height ?? null,
    tip_hash: peer.tipHash ?? null,
    chain_work: peer.chainWork?.toString() ?? null,
    latency_ms: peer.latencyMs === undefined ? null : Math.round(peer.latencyMs * 100) / 100,
    bytes_received: peer.bytesReceived,
    bytes_sent: peer.bytesSent,
    blocks_in_flight: peer.blocksInFlight,
    misbehaviour: peer.misbehaviour,
    banned_until: seconds(peer.bannedUntilMs),
    ban_reason: peer.banReason ?? null,
    calls_us: peer.callsUs,
    connected_since: seconds(peer.connectedAtMs),
    next_attempt_at: seconds(peer.nextAttemptAtMs),
    last_error: peer.lastError ?? null,
  };
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / 1_000;
}
