/** Other nodes. Whom we talk to is the owner's decision. */
import { normalisePeerUrl } from '../../network/index.ts';
import { AddPeerAnswer, AddPeerRequest, PeersAnswer, SyncAnswer, SyncRequest } from '../../protocol/index.ts';
import { watchCaller } from '../long-request.ts';
import { refusalOf } from '../refusal.ts';
import { type Api, answers, OWNER_SECURITY, type RouteContext } from '../route-context.ts';

export function peerRoutes(app: Api, context: RouteContext): void {
  const { peers } = context.services;

  app.get(
    '/peers',
    {
      schema: {
        tags: ['peers'],
        summary: 'The peers of this node',
        response: answers(PeersAnswer, 'Peers in use, and all that are remembered.'),
      },
    },
    () => {
      const { peers: urls, stored } = peers.list();
      return {
        peers: [...urls],
        stored_peers: stored.map(({ url, isActive, failures, lastSeenMs }) => ({
          url,
          is_active: isActive,
          failures,
          ...(lastSeenMs === undefined ? {} : { last_seen: lastSeenMs / 1_000 }),
        })),
      };
    },
  );

  app.post(
    '/peers/add',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['peers'],
        summary: 'Remember a peer',
        security: OWNER_SECURITY,
        body: AddPeerRequest,
        response: answers(AddPeerAnswer, 'It is remembered.', [400, 401, 403, 413, 415]),
      },
    },
    async (request) => {
      const added = await peers.add(request.body.url);
      if (!added.ok) throw refusalOf(added);
      return { message: `Added peer: ${added.value.url}` };
    },
  );

  app.post(
    '/sync',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['peers'],
        summary: 'Fetch a peer’s chain, and follow it if it has more work',
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
