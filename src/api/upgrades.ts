/**
 * Which requests change over to another protocol: those for a WebSocket at the one path that speaks it.
 *
 * Many HTTP clients offer `Upgrade: h2c` with whatever they ask (Java's, `curl --http2`), and take a plain answer as well. As
 * soon as somebody listens for upgrades at all, Node hands over every such request to him and never reads its body. So here
 * only a request that is meant so counts as one; the others are answered as if they had offered nothing.
 */
import { IncomingMessage } from 'node:http';

/** The path that speaks WebSocket. */
export const WEBSOCKET_PATH = '/ws';

/** A request as Node's server makes it; its parser notes an offer in `upgrade`, and asks there whether to hand it over. */
export class ApiRequest extends IncomingMessage {
  private offered: boolean | null = null;

  get upgrade(): boolean {
    return this.offered === true && (this.method === 'CONNECT' || this.isForWebSocket());
  }

  set upgrade(offered: boolean | null) {
    this.offered = offered;
  }

  private isForWebSocket(): boolean {
    const path = this.url?.split('?')[0];
    return (
      this.headers.upgrade?.trim().toLowerCase() === 'websocket' &&
      (path === WEBSOCKET_PATH || path === `${WEBSOCKET_PATH}/`)
    );
  }
}
