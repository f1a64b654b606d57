/**
 * What this node says of itself in a handshake, and how it finds out who calls it.
 */
import { randomBytes } from 'node:crypto';
import type { Chainstate } from '../chainstate/index.ts';
import { type AboutNode, helloParams, type TipClaim } from './handshake.ts';
import { P2P_VERSION } from './messages.ts';
import { RecentSet } from './recent-set.ts';

const REMEMBERED_CALLS = 2_000;

export interface OwnAddress {
  /** Where others reach us; null where only the port is known (we listen on all interfaces), or nobody can. */
  readonly url: string | null;
  readonly port: number | null;
}

export class OwnIdentity {
  /** A number for this run. */
  readonly nodeId = randomBytes(16).toString('hex');
  address: OwnAddress = { url: null, port: null };
  private readonly options: { nodeName: string; agent: string };
  private readonly chain: Chainstate;
  private readonly nowS: () => number;
  /** Calls that we made, with the address that they went to. */
  private readonly calls = new RecentSet<string>(REMEMBERED_CALLS);

  constructor(options: { nodeName: string; agent: string }, chain: Chainstate, nowS: () => number) {
    this.options = options;
    this.chain = chain;
    this.nowS = nowS;
  }

  about(): AboutNode {
    return {
      protocol: P2P_VERSION,
      node_id: this.nodeId,
      node_name: this.options.nodeName,
      agent: this.options.agent,
      params: helloParams(this.chain.params),
      time: this.nowS(),
      tip: this.tip(),
    };
  }

  tip(): TipClaim {
    const { tip } = this.chain;
    return tip === null ? null : { height: tip.height, hash: tip.hash, chain_work: tip.chainWork.toString() };
  }

  /** A number for a call to this address. */
  newCall(url: string): string {
    const callId = randomBytes(16).toString('hex');
    this.calls.add(`${callId} ${url}`);
    return callId;
  }

  /** Did we make this call to this address? */
  made(callId: string, url: string): boolean {
    return this.calls.has(`${callId} ${url}`);
  }

  /** Did we make this call, wherever it went? */
  madeAny(callId: string): boolean {
    return this.calls.some((call) => call.startsWith(callId));
  }
}
