/** The sandbox of the node, as lessons see it: the last answer of the node, and ways to do something in it. */
import type { SandboxAction, SandboxAnswer } from '../../../../src/protocol/sandbox.ts';
import { ApiError } from '../../../../src/protocol/client-errors.ts';
import { node } from '../../app/node.svelte.ts';
import type { LessonRun } from '../lesson-run.svelte.ts';
import { isNoted } from './standing.ts';

/** While a race runs, to see it. */
const LOOK_EVERY_MS = 200;

class Sandbox {
  /** Undefined when none is running, and before the node was asked. */
  state = $state.raw<SandboxAnswer | undefined>();
  /** Something that takes long is under way, and {@link state} follows it. */
  isWatched = $state(false);
  /** Counts what was begun: an answer to an earlier question must not undo what came later. */
  private turn = 0;
  /** Counts sandboxes. */
  private era = 0;
  /** Over when all that was asked for is done. */
  private queue: Promise<void> = Promise.resolve();

  /** Looks whether there is one. */
  async refresh(): Promise<void> {
    const turn = this.turn;
    const found = await currentState();
    if (turn === this.turn) this.state = found;
  }

  /** A new one, in place of one that is there. */
  async start(): Promise<void> {
    this.turn++;
    this.era++;
    // At once: what is shown of the old one must not be used any more.
    this.state = undefined;
    await node.api.endSandbox();
    this.state = await node.api.startSandbox();
  }

  /**
   * Does it after what was asked for before: the sandbox refuses what comes while it is busy, and who presses two buttons
   * quickly wants both.
   * @throws ApiError with the reason, also when the sandbox has ended meanwhile
   */
  act(action: SandboxAction): Promise<void> {
    const { era } = this;
    // What waited for its turn in a sandbox that is gone was not meant for the new one.
    const done = this.queue.then(() => (era === this.era ? this.actNow(action) : undefined));
    this.queue = done.catch(() => undefined);
    return done;
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    await node.api.sandboxAction({ type: 'stop' });
  }

  /** {@link act} for what takes long: shows how it stands on the way. */
  async watch(action: SandboxAction): Promise<void> {
    const over = new AbortController();
    const looking = this.follow(over.signal);
    this.isWatched = true;
    try {
      await this.act(action);
    } finally {
      this.isWatched = false;
      over.abort();
      await looking;
    }
  }

  /** Follows a race that another page began, or this one before it was loaded anew, to its end. */
  async watchRace(): Promise<void> {
    const { era } = this;
    this.isWatched = true;
    try {
      while (era === this.era && this.state?.race?.outcome === 'running') {
        await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
        await this.refresh();
      }
    } finally {
      this.isWatched = false;
    }
  }

  private async actNow(action: SandboxAction): Promise<void> {
    const turn = ++this.turn;
    try {
      this.state = await node.api.sandboxAction(action);
    } catch (error) {
      if (turn === this.turn) await this.refresh().catch(() => undefined);
      throw error;
    }
  }

  private async follow(over: AbortSignal): Promise<void> {
    const isOver = (): boolean => over.aborted;
    while (!isOver()) {
      await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
      const found = await currentState().catch(() => undefined);
      if (!isOver() && found !== undefined) this.state = found;
    }
  }
}

async function currentState(): Promise<SandboxAnswer | undefined> {
  try {
    return await node.api.sandbox();
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'no-sandbox') return undefined;
    throw error;
  }
}

/** One for all lessons, since the node has one. */
export const sandbox = new Sandbox();

/** The sandbox that this round of the lesson was begun with; undefined when there is none, or another one. */
export function sandboxOf(run: LessonRun): SandboxAnswer | undefined {
  const { state } = sandbox;
  return state !== undefined && isNoted(state, run.note('sandbox')) ? state : undefined;
}
