/**
 * How much of anything the API takes. Everything that a stranger can make large has its bound here.
 */
import type { Server } from 'node:http';

export interface ApiLimits {
  /** Body of most requests, in bytes. */
  readonly bodyBytes: number;
  /** Body of POST /tx and /tx/check, in bytes. */
  readonly transactionBodyBytes: number;
  /** Body of POST /block, in bytes. */
  readonly blockBodyBytes: number;
  /** Body of a message from another node, in bytes. */
  readonly p2pBodyBytes: number;
  /** JSON deeper than this is not parsed. Attack: a megabyte of `[` stalls a parser for a quarter of a second. */
  readonly jsonDepth: number;
  /** JSON with more values than this is not parsed. Attack: see json-text.ts. */
  readonly jsonValues: number;
  /** Path and query together, in characters. */
  readonly urlLength: number;
  readonly headerBytes: number;
  /** The whole request must be here within this time. Fastify's own default leaves slow bodies open for ever. */
  readonly requestTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly connections: number;
  /** GET /chain without a range, at the same time. */
  readonly chainStreams: number;
  /** A reader that takes nothing for so long is cut off. */
  readonly streamStallMs: number;
  /** How often a caller who waits for a block hears that we are still at it, if he asked for that. */
  readonly keepWaitingMs: number;
  /** Requests a minute from one address; loopback is free. */
  readonly requestsPerMinute: number;
  /** Likewise for messages from other nodes: relaying many transactions takes many small ones. */
  readonly p2pRequestsPerMinute: number;
  /** Clients of /ws and /events together. */
  readonly eventClients: number;
  /** What one of them says at once, in bytes. */
  readonly eventMessageBytes: number;
  /** An event client that has not taken so many bytes is cut off. */
  readonly eventBacklogBytes: number;
  /** How long requests under way may take to finish when the node stops. */
  readonly closeGraceMs: number;
}

/** The most expensive JSON for its bytes: transactions of one input and one output take about 4.3 times as much in JSON. */
const JSON_PER_BYTE = 5;
/** The most values for its bytes: a transaction of one input and one output, unsigned, takes 76 bytes and counts 14 in JSON. */
const BYTES_PER_JSON_VALUE = 5;
const SLACK_VALUES = 1_000;
const SLACK_BYTES = 16_384;
/** No mempool of ours takes a transaction above 101,000 bytes (see mempool/policy.ts). */
const LARGEST_LOOSE_TRANSACTION_BYTES = 200_000;

export function defaultLimits(maxBlockSizeBytes: number): ApiLimits {
  const block = maxBlockSizeBytes * JSON_PER_BYTE + SLACK_BYTES;
  return {
    bodyBytes: SLACK_BYTES,
    transactionBodyBytes: Math.min(block, LARGEST_LOOSE_TRANSACTION_BYTES * JSON_PER_BYTE),
    blockBodyBytes: block,
    // The longest names places in a block: a byte for each of its transactions, of ten bytes at least.
    p2pBodyBytes: Math.max(65_536, Math.ceil(maxBlockSizeBytes / 10) + 1_024),
    jsonDepth: 32,
    jsonValues: Math.ceil(maxBlockSizeBytes / BYTES_PER_JSON_VALUE) + SLACK_VALUES,
    urlLength: 2_048,
    headerBytes: 16_384,
    requestTimeoutMs: 30_000,
    headersTimeoutMs: 15_000,
    keepAliveTimeoutMs: 15_000,
    connections: 1_000,
    chainStreams: 2,
    streamStallMs: 60_000,
    keepWaitingMs: 20_000,
    requestsPerMinute: 6_000,
    p2pRequestsPerMinute: 60_000,
    eventClients: 100,
    eventMessageBytes: 8_192,
    // A snapshot of a full mempool, twice.
    eventBacklogBytes: 4_000_000,
    closeGraceMs: 5_000,
  };
}

/** What `http.createServer` wants to know. */
export function serverOptions(limits: ApiLimits): {
  maxHeaderSize: number;
  headersTimeout: number;
  requestTimeout: number;
  keepAliveTimeout: number;
  connectionsCheckingInterval: number;
} {
  return {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Node looks for late requests only this often.
    connectionsCheckingInterval: Math.max(50, Math.min(1_000, limits.requestTimeoutMs / 4)),
  };
}

export function limitConnections(server: Server, limits: ApiLimits): void {
  server.maxConnections = limits.connections;
}
