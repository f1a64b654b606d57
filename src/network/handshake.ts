/**
 * The handshake, `POST /p2p/hello`: who are you, do we speak the same language, are we of one network?
 *
 * Nothing else is answered before it. The caller names himself; the answer names the called one and hands out a session, which
 * every later call carries. Both compare: each refuses the other when versions or chain parameters differ, and says what.
 *
 *   A ── hello {node_id: a, url: A, call_id: x} ──► B      B notes: "somebody calls himself A"
 *   A ◄── {node_id: b, session: s} ──────────────── B
 *   A ◄── hello {node_id: b, url: B, answers_call: x} ── B     B tries what it was told, before it believes it
 *   A ── {node_id: a, session: t, confirms_call: true} ─► B    "yes, that was me": now B knows that s belongs to A
 *
 * The last step matters for blame: without it, anybody could say hello in the name of a good node, misbehave, and have the
 * good one banned.
 */
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type ChainParams, describeParams } from '../consensus/index.ts';
import { MAX_PEER_URL_LENGTH } from '../protocol/index.ts';
import { P2P_VERSION } from './messages.ts';
import { PeerMisbehavedError, PeerRefusedError } from './peer-errors.ts';

/** Header that carries the session. */
export const SESSION_HEADER = 'x-mini-bitcoin-session';

const Id = Type.String({ pattern: '^[0-9a-f]{32}$' });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** The end of a chain as a peer claims it; null for an empty chain. */
export const TipClaim = Type.Union([
  Type.Object({
    height: Type.Integer({ minimum: 0, maximum: 0x7fffffff }),
    hash: Hash,
    /** Decimal. */
    chain_work: Type.String({ pattern: '^[0-9]{1,90}$' }),
  }),
  Type.Null(),
]);
export type TipClaim = Static<typeof TipClaim>;

const about = {
  protocol: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** A number that a node chooses at its start. Whoever meets his own has called himself. */
  node_id: Id,
  node_name: Type.String({ maxLength: 64 }),
  /** Software and version, `mini-bitcoin/0.1.0`. */
  agent: Type.String({ maxLength: 64 }),
  /** Chain parameters by their names in lower case, as text. */
  params: Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 100 }), { maxProperties: 20 }),
  /** The clock, seconds since 1970. */
  time: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  tip: TipClaim,
};

export const HelloRequest = Type.Object({
  ...about,
  /** Where the caller can be reached; null when it does not want to be called. */
  url: Type.Union([Type.String({ minLength: 1, maxLength: MAX_PEER_URL_LENGTH }), Type.Null()]),
  /** Where `url` is null: the port on which it listens, at the address that it calls from; null for none. */
  port: Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.Null()]),
  /** A random number for this call. */
  call_id: Id,
  /** The `call_id` of the hello that this one answers; null for none. */
  answers_call: Type.Union([Id, Type.Null()]),
});
export type HelloRequest = Static<typeof HelloRequest>;

export const HelloAnswer = Type.Object({
  ...about,
  session: Id,
  /** Whether it was the called one who made the call that the request answers. */
  confirms_call: Type.Boolean(),
});
export type HelloAnswer = Static<typeof HelloAnswer>;

/** Small and frequent: where are you now? */
export const PingMessage = Type.Object({ tip: TipClaim });
export type PingMessage = Static<typeof PingMessage>;

export const AddressesMessage = Type.Object({
  addresses: Type.Array(Type.String({ minLength: 1, maxLength: MAX_PEER_URL_LENGTH }), { maxItems: 100 }),
});
export type AddressesMessage = Static<typeof AddressesMessage>;

/** What a node says of itself, in either direction. */
export type AboutNode = Pick<
  HelloRequest,
  'protocol' | 'node_id' | 'node_name' | 'agent' | 'params' | 'time' | 'tip'
>;

/** The chain parameters as the handshake names them. */
export function helloParams(params: ChainParams): Record<string, string> {
  return Object.fromEntries(
    Object.entries(describeParams(params)).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** Why two nodes do not talk, in words for people and with a code for programs. */
export interface Mismatch {
  readonly reason: 'protocol-version' | 'self-connection' | 'other-network';
  readonly detail: string;
}

/** What keeps us from talking to this node; undefined when nothing does. */
export function mismatch(
  theirs: AboutNode,
  ours: { readonly nodeId: string; readonly params: ChainParams },
): Mismatch | undefined {
  if (theirs.protocol !== P2P_VERSION)
    return {
      reason: 'protocol-version',
      detail: `it speaks version ${theirs.protocol} of the peer protocol, this node version ${P2P_VERSION}`,
    };
  if (theirs.node_id === ours.nodeId) return { reason: 'self-connection', detail: 'it is this node itself' };
  const differences = differingParams(theirs.params, ours.params);
  if (differences.length > 0)
    return { reason: 'other-network', detail: `it is of another network: ${differences.join('; ')}` };
  return undefined;
}

/** One sentence for each chain parameter that differs. */
export function differingParams(theirs: Readonly<Record<string, unknown>>, ours: ChainParams): string[] {
  return Object.entries(describeParams(ours)).flatMap(([name, our]) => {
    const their = theirs[name.toLowerCase()];
    if (their === undefined) return [`${name} is not told there, ${our} here`];
    const text = typeof their === 'string' ? their : JSON.stringify(their);
    return text === our ? [] : [`${name} is ${text.slice(0, 80)} there, ${our} here`];
  });
}

/** @throws PeerRefusedError */
export function requireMatch(theirs: AboutNode, ours: Parameters<typeof mismatch>[1]): void {
  const why = mismatch(theirs, ours);
  if (why !== undefined) throw new PeerRefusedError(why.detail, { reason: why.reason });
}

/** @throws PeerMisbehavedError */
export function readHelloAnswer(value: unknown): HelloAnswer {
  return read(HelloAnswer, value, 'hello');
}

/** @throws PeerMisbehavedError */
export function readPing(value: unknown): PingMessage {
  return read(PingMessage, value, 'ping');
}

/** @throws PeerMisbehavedError */
export function readAddresses(value: unknown): AddressesMessage {
  return read(AddressesMessage, value, 'list of addresses');
}

function read<T extends typeof HelloAnswer | typeof PingMessage | typeof AddressesMessage>(
  schema: T,
  value: unknown,
  what: string,
): Static<T> {
  const error = Value.Errors(schema, value).First();
  if (error === undefined) return value as Static<T>;
  throw new PeerMisbehavedError(
    'malformed-message',
    `its ${what} is malformed at ${error.path || 'the top'}`,
  );
}
