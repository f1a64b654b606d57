/** The sandbox of the node, as lessons see it: the last answer of the node, and ways to do something in it. */
import type { SandboxAction, SandboxAnswer } from '../../../../src/protocol/sandbox.ts';
import { ApiError } from '../../../../src/protocol/client-errors.ts';
import { node } from '../../app/node.svelte.ts';

/** While a race runs, to see it. */
const LOOK_EVERY_MS = 200;

class Sandbox {
  /** Undefined when none is running, and before the node was asked. */
  state = $state.raw<SandboxAnswer | undefined>();
  /** Counts what was begun: an answer to an earlier question must not undo what came later. */
  private turn = 0;

  /** Looks whether there is one. */
  async refresh(): Promise<void> {
    const turn = this.turn;
    const found = await currentState();
    if (turn === this.turn) this.state = found;
  }

  /** A new one, in place of one that is there. */
  async start(): Promise<void> {
    this.turn++;
    // At once: what is shown of the old one must not be used any more.
    this.state = undefined;
    await node.api.endSandbox();
    this.state = await node.api.startSandbox();
  }

  /** @throws ApiError with the reason, also when the sandbox has ended meanwhile */
  async act(action: SandboxAction): Promise<void> {
    const turn = ++this.turn;
    try {
      this.state = await node.api.sandboxAction(action);
    } catch (error) {
      if (turn === this.turn) await this.refresh().catch(() => undefined);
      throw error;
    }
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    await node.api.sandboxAction({ type: 'stop' });
  }

  /** {@link act} for what takes long: shows how it stands on the way. */
  async watch(action: SandboxAction): Promise<void> {
    const over = new AbortController();
    const looking = this.follow(over.signal);
    try {
      await this.act(action);
    } finally {
      over.abort();
      await looking;
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
