/** Checks signatures one after the other in the thread that asks, giving way to other work now and then. */
import type { Verifier } from '../chainstate/index.ts';
import type { SignatureCheck } from '../consensus/index.ts';
import type { SignatureEngine } from './signature-engine.ts';

export class InProcessVerifier implements Verifier {
  readonly name: string;
  readonly engine: SignatureEngine;
  readonly threads = 0;

  constructor(engine: SignatureEngine) {
    this.engine = engine;
    this.name = engine.name;
  }

  async firstInvalid(checks: readonly SignatureCheck[]): Promise<number> {
    const { verify, checksAtOnce } = this.engine;
    for (const [index, check] of checks.entries()) {
      // The API stays awake.
      if (index > 0 && index % checksAtOnce === 0) await new Promise((resume) => setImmediate(resume));
      if (!verify(check)) return index;
    }
    return -1;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
