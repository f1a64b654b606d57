/**
 * The one shape in which a node refuses anything, and the reasons that are not rules of the chain.
 */
import { type Static, Type } from '@sinclair/typebox';

export const ErrorAnswer = Type.Object(
  {
    detail: Type.String({ description: 'One or two sentences for a person.' }),
    reason: Type.String({
      description: 'A short stable code for programs: a rule of the chain, or one of the API’s own.',
      examples: ['bad-txns-in-belowout', 'not-found'],
    }),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status again.' }),
    hint: Type.Optional(Type.String({ description: 'What to do about it.' })),
  },
  {
    $id: 'Error',
    description: 'Every refusal has this shape, whatever refused.',
    examples: [{ detail: 'No transaction of this id is known.', reason: 'not-found', status: 404 }],
  },
);
export type ErrorAnswer = Static<typeof ErrorAnswer>;

/** Reasons of the API itself. Those of the rules are in `src/consensus/reasons.ts`. */
export const API_REASONS = {
  'not-found': 'There is no such thing here.',
  'no-such-route': 'The API has no such path.',
  'method-not-allowed': 'The path exists, but not with this method.',
  'malformed-request': 'The request is not readable as HTTP.',
  'malformed-query': 'A query parameter is unknown or has a value that is not allowed.',
  'malformed-path': 'A part of the path has the wrong form.',
  'bad-cursor': 'The cursor is not one that this list handed out.',
  'stale-cursor': 'The chain was reorganised since the cursor was made: start again.',
  'unknown-topic': 'Events have no such topic, or too many were named.',
  'upgrade-required': 'The path speaks WebSocket, not plain HTTP.',
  'body-too-large': 'The body is larger than this path takes.',
  'uri-too-long': 'The path or query is too long.',
  'headers-too-large': 'The headers are too large.',
  'unsupported-media-type': 'The body is of a kind that this path does not take.',
  'nested-too-deeply': 'The JSON is nested deeper than anything here needs.',
  'request-timeout': 'The request took too long to arrive.',
  'rate-limited': 'Too many requests from this address.',
  'host-not-allowed': 'The Host header is not one of this node’s names (DNS rebinding).',
  'cross-site': 'A web page of another site may not do this.',
  'admin-only-loopback': 'Only programs on the node’s own machine may do this.',
  'token-required': 'This needs the node’s API token.',
  'token-wrong': 'The API token is not the node’s.',
  'mining-impossible': 'The target cannot be met by searching.',
  'mining-busy': 'A search of this kind is under way.',
  'mining-stopped': 'The search was ended before it found a block.',
  'no-sandbox': 'No sandbox is running.',
  'sandbox-runs': 'A sandbox is running already; a node has one at a time.',
  'sandbox-busy': 'The sandbox does something else at the moment.',
  'sandbox-full': 'The sandbox has as many blocks as it may have.',
  'sandbox-refused': 'The sandbox cannot do this as it stands.',
  'sandbox-failed': 'The sandbox came to an end by itself, or did not start.',
  'invalid-peer': 'The peer cannot be added.',
  'peer-failed': 'The peer did not answer, or not usefully.',
  'protocol-version': 'The two nodes speak different versions of the peer protocol.',
  'self-connection': 'A node has called itself.',
  'other-network': 'The chain parameters differ: the nodes belong to different networks.',
  'peer-banned': 'This node does not talk to the caller for now.',
  'no-session': 'The caller has to say hello first, or again: POST /p2p/hello.',
  'malformed-message': 'The bytes are no message of the peer protocol.',
  'too-busy': 'The node has enough to do; try again.',
  starting: 'The node is starting.',
  stopping: 'The node is stopping.',
  'internal-error': 'Something broke inside the node.',
} as const satisfies Record<string, string>;

export type ApiReason = keyof typeof API_REASONS;
