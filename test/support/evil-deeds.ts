/**
 * Ways to misbehave, for {@link EvilPeer}.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { EvilCall, Misdeed } from './evil-peer.ts';

/** Something that has not ended yet may still end when the test does: then nobody listens any more. */
const isOpen = ({ response }: EvilCall): boolean => !response.destroyed && !response.closed;

/** How much came through before the other side cut it off. */
export interface Flow {
  bytes: number;
  /** Answers that the other side has cut off. */
  cutOff: number;
}

export interface EndlessOptions {
  readonly flow?: Flow;
  /** The next piece; zeros when left out. */
  readonly next?: () => Uint8Array;
  /** What comes before the first one. */
  readonly head?: Uint8Array;
  readonly status?: number;
}

/** An answer that never ends. */
export function endless(options: EndlessOptions = {}): Misdeed {
  const { flow = newFlow(), next = () => new Uint8Array(65_536), head = new Uint8Array() } = options;
  return async (call) => {
    const { response } = call;
    response.writeHead(options.status ?? 200);
    response.write(head);
    while (isOpen(call)) {
      const piece = next();
      flow.bytes += piece.length;
      // The node that reads is in this process: it must get its turn.
      if (response.write(piece)) await nextTurn();
      else await drained(call);
    }
    flow.cutOff++;
  };
}

/** One byte now and then, for ever. */
export function dripping(flow: Flow = newFlow(), head: Uint8Array = new Uint8Array()): Misdeed {
  return async (call) => {
    call.response.writeHead(200);
    call.response.write(head);
    while (isOpen(call)) {
      call.response.write(new Uint8Array([0x20]));
      flow.bytes++;
      await sleep(20);
    }
    flow.cutOff++;
  };
}

/** No answer at all. */
export const silent: Misdeed = () => undefined;

/** "Look over there." */
export function redirecting(toUrl: string, status = 302): Misdeed {
  return ({ path, response }) => {
    response.writeHead(status, { location: `${toUrl}${path}` }).end();
  };
}

/** Always the same. */
export function saying(value: Uint8Array | object | string, status = 200): Misdeed {
  return ({ answer }) => answer(typeof value === 'string' ? new TextEncoder().encode(value) : value, status);
}

/** The honest answer in bytes, changed. */
export function changing(change: (honest: Uint8Array) => Uint8Array): Misdeed {
  return ({ honest, answer }) => answer(change(honest() as Uint8Array));
}

/** The honest answer, once `gate` has resolved. */
export function after(gate: Promise<void>, then?: Misdeed): Misdeed {
  return async (call) => {
    await gate;
    if (then !== undefined) await then(call);
    else call.answer(call.honest() ?? {});
  };
}

export function newFlow(): Flow {
  return { bytes: 0, cutOff: 0 };
}

/** Lists in lists in lists. */
export function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

function drained({ response }: EvilCall): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
