/**
 * Who may search now. Single requests take turns in the order in which they came. Mining in the background has the turn
 * when nobody else wants it, and is asked to give it back as soon as somebody does.
 */
import { MinerBusyError } from './mining-errors.ts';

export interface Turn {
  /** Aborts when others wait: only ever for a turn in the background. */
  readonly interrupted: AbortSignal;
  /** Passes the turn on. */
  release(): void;
}

interface Waiting {
  readonly background: boolean;
  readonly grant: (turn: Turn) => void;
}

export class SearchTurns {
  private readonly maxWaiting: number;
  private waiting: Waiting[] = [];
  private holder: { readonly background: boolean; readonly interrupt: AbortController } | undefined =
    undefined;

  constructor(maxWaiting: number) {
    this.maxWaiting = maxWaiting;
  }

  /** Single requests that wait. */
  get waitingCount(): number {
    return this.waiting.filter(({ background }) => !background).length;
  }

  /**
   * Waits for a turn; undefined when the signal aborted first.
   * @param admitted the request has been let in before, so the bound does not concern it
   * @throws MinerBusyError (as a rejection) when too many wait already
   */
  async take(signal: AbortSignal, admitted = false): Promise<Turn | undefined> {
    const { waitingCount } = this;
    if (!admitted && waitingCount >= this.maxWaiting) {
      throw new MinerBusyError(`${waitingCount} requests to mine are waiting already; try again later`);
    }
    return this.wait(false, signal);
  }

  /** Waits until nobody else wants to search; undefined when the signal aborted first. */
  takeInBackground(signal: AbortSignal): Promise<Turn | undefined> {
    return this.wait(true, signal);
  }

  private wait(background: boolean, signal: AbortSignal): Promise<Turn | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve(undefined);
        return;
      }
      const leave = (): void => {
        this.waiting = this.waiting.filter((one) => one !== waiting);
        resolve(undefined);
      };
      const waiting: Waiting = {
        background,
        grant: (turn) => {
          signal.removeEventListener('abort', leave);
          resolve(turn);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(waiting);
      if (!background && this.holder?.background === true) this.holder.interrupt.abort();
      this.grantNext();
    });
  }

  private grantNext(): void {
    if (this.holder !== undefined) return;
    const next = this.waiting.find(({ background }) => !background) ?? this.waiting[0];
    if (next === undefined) return;
    this.waiting = this.waiting.filter((one) => one !== next);
    const holder = { background: next.background, interrupt: new AbortController() };
    this.holder = holder;
    next.grant({
      interrupted: holder.interrupt.signal,
      release: () => {
        if (this.holder !== holder) return;
        this.holder = undefined;
        this.grantNext();
      },
    });
  }
}
