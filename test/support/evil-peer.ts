/**
 * A peer that speaks the real protocol over HTTP, and can be told to misbehave at one point.
 *
 *   const evil = await EvilPeer.start(builder.at('a3'));
 *   evil.misdeeds.set('headers', endless());
 *   await evil.meet(victim);                       // hello in both directions: it may announce now
 *
 * Whatever it is not told to do badly it does as an honest node would. `misdeeds` are in evil-deeds.ts.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  type Block,
  type BlockHash,
  blockToJson,
  encodeBlock,
  encodeTransaction,
  type Transaction,
  txidOf,
  workOfTarget,
  wtxidOf,
} from '../../src/consensus/index.ts';
import { compactBlockOf, encodeCompactBlock } from '../../src/network/compact-block.ts';
import {
  type AboutNode,
  type HelloAnswer,
  type HelloRequest,
  helloParams,
  SESSION_HEADER,
} from '../../src/network/handshake.ts';
import {
  type Announcement,
  decodeBlockRequest,
  decodeBlockTransactionsRequest,
  decodeHash,
  decodeLocator,
  decodeTransactionRequest,
  encodeAnnouncement,
  encodeFrame,
  encodeHashes,
  encodeHeaders,
  MAX_HEADERS,
  P2P_VERSION,
} from '../../src/network/messages.ts';
import { type BuiltBlock, EASY_PARAMS } from './chain-builder.ts';
import { type TestNode, until } from './running-node.ts';

/** What it is asked: the part after /p2p/, or a path of the original without its slash (`health`, `chain`). */
export type Message =
  | 'hello'
  | 'ping'
  | 'addresses'
  | 'headers'
  | 'blocks'
  | 'announce'
  | 'transactions'
  | 'mempool'
  | 'compact-block'
  | 'block-transactions'
  | 'health'
  | 'chain';

/** One question that it was asked. */
export interface EvilCall {
  readonly message: string;
  readonly path: string;
  readonly body: Uint8Array;
  readonly response: ServerResponse;
  /** What an honest peer would answer; undefined for what none knows. */
  readonly honest: () => Uint8Array | object | undefined;
  readonly answer: (value: Uint8Array | object, status?: number) => void;
}

/** Answers in its own way. */
export type Misdeed = (call: EvilCall) => void | Promise<void>;

/** An answer of the node that it called. */
export interface Answered {
  readonly status: number;
  /** Parsed JSON; undefined for bytes and for nothing. */
  readonly json: Record<string, unknown> | undefined;
}

const newId = (): string => randomBytes(16).toString('hex');

/** Of all chains of tests; retargeting is off, as in EASY_SETTINGS. */
const PARAMS = { ...EASY_PARAMS, retargetInterval: 0 };

export class EvilPeer {
  /** What it does badly, by message; `every` is for all that have none of their own. */
  readonly misdeeds = new Map<Message | 'every', Misdeed>();
  /** What it says of itself, where that is not the truth. */
  readonly claims: Partial<AboutNode> = {};
  /** Bodies that it serves in the place of the good ones. */
  readonly bodies = new Map<BlockHash, Block>();
  /** Waiting transactions. */
  readonly mempool: Transaction[] = [];
  readonly addresses: string[] = [];
  /** All messages that it was asked, in their order. */
  readonly asked: string[] = [];
  readonly nodeId = newId();
  /** Speaks as the Python original does: no /p2p. */
  isOriginal = false;
  url = '';
  private chain: readonly BuiltBlock[] = [];
  private readonly calls = new Set<string>();
  private readonly sessions = new Set<string>();
  /** Sessions that it was given, by the URL of the node. */
  private readonly given = new Map<string, string>();

  private constructor(tip: BuiltBlock | null) {
    this.follow(tip);
  }

  /** Listens until the test ends. @param tip the end of its chain */
  static async start(tip: BuiltBlock | null = null): Promise<EvilPeer> {
    const evil = new EvilPeer(tip);
    const server = createServer((request, response) => {
      evil.take(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    evil.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    onTestFinished(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    return evil;
  }

  /** Its chain ends here from now on. */
  follow(tip: BuiltBlock | null): void {
    this.chain = tip?.chain ?? [];
  }

  timesAsked(message: Message): number {
    return this.asked.filter((asked) => asked === message).length;
  }

  // --- As a caller ----------------------------------------------------------------------------------------------------

  /** Says hello to a node. A session that it is given serves later calls of that node. */
  async hello(node: TestNode, request: Partial<HelloRequest> = {}): Promise<Answered> {
    const callId = newId();
    this.calls.add(callId);
    const answered = await this.call(node, 'hello', {
      ...this.about(),
      url: this.url,
      port: null,
      call_id: callId,
      answers_call: null,
      ...request,
    });
    if (answered.status === 200) this.given.set(node.url, (answered.json as HelloAnswer).session);
    return answered;
  }

  /** Says hello, and waits until the node has called back: from then on it is believed to be who it is. */
  async meet(node: TestNode): Promise<void> {
    const { status, json } = await this.hello(node);
    if (status !== 200) throw new Error(`the node answered ${status}: ${JSON.stringify(json)}`);
    await until(async () => {
      const { stored_peers: peers } = await node.client.peers();
      return peers.some(({ url, calls_us: callsUs }) => url === this.url && callsUs);
    });
  }

  announce(node: TestNode, { headers = [], wtxids = [] }: Partial<Announcement>): Promise<Answered> {
    return this.call(node, 'announce', encodeAnnouncement({ headers, wtxids }));
  }

  /** Calls a node. @param session another one than it was given */
  async call(
    node: TestNode,
    message: Message,
    body: Uint8Array | object,
    session = this.given.get(node.url),
  ): Promise<Answered> {
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(`${node.url}/p2p/${message}`, {
      method: 'POST',
      headers: {
        'content-type': isBytes ? 'application/octet-stream' : 'application/json',
        ...(session === undefined ? {} : { [SESSION_HEADER]: session }),
      },
      body: isBytes ? Uint8Array.from(body) : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  }

  // --- As the called one ------------------------------------------------------------------------------------------------

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const path = request.url ?? '/';
    const message = path.replace(/^\/(p2p\/)?/, '');
    const body = Uint8Array.from(Buffer.concat(parts));
    this.asked.push(message);
    const answer: EvilCall['answer'] = (value, status = 200) => {
      const isBytes = value instanceof Uint8Array;
      response.writeHead(status, {
        'content-type': isBytes ? 'application/octet-stream' : 'application/json',
      });
      response.end(isBytes ? value : JSON.stringify(value));
    };
    const honest = (): Uint8Array | object | undefined =>
      path.startsWith('/p2p/') === this.isOriginal ? undefined : this.honestly(message as Message, body);
    const misdeed = this.misdeeds.get(message as Message) ?? this.misdeeds.get('every');
    if (misdeed !== undefined) {
      await misdeed({ message, path, body, response, honest, answer });
      return;
    }
    const session = request.headers[SESSION_HEADER];
    if (path.startsWith('/p2p/') && message !== 'hello' && !this.sessions.has(String(session))) {
      answer({ detail: 'say hello first', reason: 'no-session', status: 401 }, 401);
      return;
    }
    const value = honest();
    answer(value ?? { detail: 'Not Found' }, value === undefined ? 404 : 200);
  }

  private honestly(message: Message, body: Uint8Array): Uint8Array | object | undefined {
    switch (message) {
      case 'hello':
        return this.helloAnswer(JSON.parse(Buffer.from(body).toString()) as HelloRequest);
      case 'ping':
        return { tip: this.about().tip };
      case 'addresses':
        return { addresses: this.addresses };
      case 'headers':
        return this.headersAfter(read(decodeLocator(body)));
      case 'blocks':
        return Buffer.concat(read(decodeBlockRequest(body)).map((hash) => this.blockFrame(hash)));
      case 'announce':
        return new Uint8Array();
      case 'transactions':
        return this.transactions(body);
      case 'mempool':
        return encodeHashes(this.mempool.map(wtxidOf));
      case 'compact-block': {
        const block = this.body(read(decodeHash(body)));
        return block === undefined
          ? new Uint8Array()
          : encodeCompactBlock(compactBlockOf(block, '00'.repeat(8)));
      }
      case 'block-transactions': {
        const { hash, indexes } = read(decodeBlockTransactionsRequest(body, PARAMS.maxBlockSizeBytes));
        const found = indexes.map((index) => this.body(hash)?.transactions[index]);
        return Buffer.concat(found.map((tx) => encodeFrame(tx && encodeTransaction(tx))));
      }
      case 'health':
        return {
          node_name: 'original',
          chain_height: this.chain.length - 1,
          tip_hash: this.chain.at(-1)?.hash ?? null,
        };
      case 'chain':
        return { blocks: this.chain.map(({ hash, block }) => blockToJson(this.body(hash) ?? block)) };
      default:
        return undefined;
    }
  }

  private helloAnswer(request: HelloRequest): HelloAnswer {
    const session = newId();
    this.sessions.add(session);
    return { ...this.about(), session, confirms_call: this.calls.has(request.answers_call ?? '') };
  }

  /** What it says of itself. */
  about(): AboutNode {
    const last = this.chain.at(-1);
    const work = this.chain.reduce((sum, { target }) => sum + workOfTarget(target), 0n);
    return {
      protocol: P2P_VERSION,
      node_id: this.nodeId,
      node_name: 'evil',
      agent: 'evil/1.0',
      params: helloParams(PARAMS),
      time: Math.floor(Date.now() / 1_000),
      tip: last === undefined ? null : { height: last.height, hash: last.hash, chain_work: String(work) },
      ...this.claims,
    };
  }

  private headersAfter(locator: readonly BlockHash[]): Uint8Array {
    const places = locator.map((hash) => this.chain.findIndex((block) => block.hash === hash));
    const from = (places.find((place) => place >= 0) ?? -1) + 1;
    return encodeHeaders(this.chain.slice(from, from + MAX_HEADERS).map(({ block }) => block.header));
  }

  private body(hash: BlockHash): Block | undefined {
    return this.bodies.get(hash) ?? this.chain.find((block) => block.hash === hash)?.block;
  }

  private blockFrame(hash: BlockHash): Uint8Array {
    const block = this.body(hash);
    return encodeFrame(block && encodeBlock(block));
  }

  private transactions(body: Uint8Array): Uint8Array {
    const frames = read(decodeTransactionRequest(body)).map(({ kind, id }) => {
      const tx = this.mempool.find(
        (waiting) => (kind === 'txid' ? txidOf(waiting) : wtxidOf(waiting)) === id,
      );
      return encodeFrame(tx && encodeTransaction(tx));
    });
    return Buffer.concat(frames);
  }
}

function read<T>(verdict: { ok: true; value: T } | { ok: false; detail: string }): T {
  if (verdict.ok) return verdict.value;
  throw new Error(`the node sent what cannot be read: ${verdict.detail}`);
}
