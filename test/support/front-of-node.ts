/**
 * A door in front of a real node: other nodes reach it only through here, and what passes can be held up or spoiled.
 *
 *   another node ── POST /p2p/… ──► front ──► node
 *                ◄── held, spoiled ──┘
 *
 * The node is told the door's address as its own (PUBLIC_URL), so nobody finds a way around. With it a test stops a sync in
 * its middle, however quick the machine is.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const NEVER_PASSED_ON = new Set(['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding']);

export class FrontOfNode {
  /** Where the node is reached by others: its PUBLIC_URL. */
  readonly url: string;
  /** Where the node really is; set when it has been started. */
  target: string | undefined = undefined;
  /** Changes the answers to `POST /p2p/blocks`. */
  spoil: (answer: Buffer) => Buffer = (answer) => answer;
  private readonly server: Server;
  private blockAnswersLeft = Infinity;
  private readonly held: (() => void)[] = [];

  private constructor(server: Server) {
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      // The node is gone, or the caller: either way the caller learns that the line is dead.
      this.pass(request, response).catch(() => response.destroy());
    });
  }

  static async listen(): Promise<FrontOfNode> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FrontOfNode(server);
  }

  /** So many answers to `POST /p2p/blocks` pass from now on; later ones wait for {@link open}. */
  holdAfter(blockAnswers: number): void {
    this.blockAnswersLeft = blockAnswers;
  }

  /** Lets everything pass from now on, and what was held. */
  open(): void {
    this.blockAnswersLeft = Infinity;
    for (const letPass of this.held.splice(0)) letPass();
  }

  /** Cuts all lines and answers no more, as if the node's machine were gone. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    this.open();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.target === undefined) throw new Error('the node does not run yet');
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answer = await fetch(`${this.target}${request.url ?? '/'}`, {
      method: request.method ?? 'GET',
      headers: Object.entries(request.headers).flatMap(([name, value]) =>
        NEVER_PASSED_ON.has(name) ? [] : [[name, String(value)] as [string, string]],
      ),
      ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}),
    });
    let body: Buffer = Buffer.from(await answer.arrayBuffer());
    if (request.url === '/p2p/blocks') {
      await this.turn();
      body = this.spoil(body);
    }
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/octet-stream',
      'content-length': body.length,
    });
    response.end(body);
  }

  private async turn(): Promise<void> {
    if (this.blockAnswersLeft-- > 0) return;
    await new Promise<void>((resolve) => this.held.push(resolve));
  }
}
