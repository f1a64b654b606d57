/**
 * A sandbox: three real nodes in memory, a merchant, and what can be done with them, one thing at a time.
 *
 * To read it in order: sandbox-params, sandbox-network, ledger, payments, attack-odds, race, this file, sandbox-state; then
 * sandbox-thread and sandbox-host, by which it runs in a thread of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MAX_RACE_ROUNDS,
  MAX_SANDBOX_BLOCKS,
  type SandboxAction,
  type SandboxNodeName,
  type SandboxRace,
} from '../protocol/index.ts';
import { checkGroups, type Groups, mayTalk, WHOLE, WITHHOLDING } from './groups.ts';
import { Ledger, type LedgerPayment } from './ledger.ts';
import { doubleSpend, pay, spendableCoins, sumOf } from './payments.ts';
import { runRace } from './race.ts';
import { Roles } from './roles.ts';
import { SandboxError } from './sandbox-error.ts';
import { SandboxNetwork } from './sandbox-network.ts';
import type { StartSandboxNode } from './sandbox-node.ts';
import { type SandboxState, stateOf } from './sandbox-state.ts';

export interface SandboxModules {
  readonly startNode: StartSandboxNode;
  readonly nowMs: () => number;
  /** 0 up to 1: who finds the next block of a race. */
  readonly random: () => number;
}

/** No action goes on for longer. */
const ACTION_SECONDS = 120;
/** What the attacker of a race pays the merchant, in base units. */
const RACE_PAYMENT = 1_000_000_000;

export class Sandbox {
  private readonly modules: SandboxModules;
  private readonly network: SandboxNetwork;
  private readonly roles = new Roles();
  private readonly ledger: Ledger;
  private readonly startedAtMs: number;
  private underWay: { readonly type: string; readonly stop: AbortController } | undefined = undefined;
  private race: SandboxRace | undefined = undefined;

  private constructor(modules: SandboxModules, network: SandboxNetwork) {
    this.modules = modules;
    this.network = network;
    this.startedAtMs = modules.nowMs();
    this.ledger = new Ledger(this.roles, modules.nowMs);
    for (const [name, node] of network.entries())
      node.services.chain.events.subscribe((event) => this.ledger.note(name, event));
    this.ledger.tell('started', 'Three nodes started with an empty chain: honest-1, honest-2 and attacker.');
  }

  static async start(modules: SandboxModules): Promise<Sandbox> {
    return new Sandbox(modules, await SandboxNetwork.start(modules.startNode));
  }

  state(): Promise<SandboxState> {
    const { network, ledger, roles, startedAtMs, race } = this;
    return stateOf({ network, ledger, roles, startedAtMs, race, busy: this.underWay?.type });
  }

  /** Resolves with the error of a node that could not go on; undefined when all were closed. */
  failed(): Promise<Error | undefined> {
    return Promise.race(this.network.entries().map(([, node]) => node.ended));
  }

  /**
   * Does it, and resolves when the nodes that talk to each other agree on what came of it.
   * @throws SandboxError when it cannot be done as things stand, or something else is under way
   */
  async run(action: SandboxAction): Promise<void> {
    if (action.type === 'stop') {
      this.underWay?.stop.abort();
      return;
    }
    if (this.underWay !== undefined)
      throw new SandboxError('sandbox-busy', `"${this.underWay.type}" is under way; stop it, or wait for it`);
    const stop = new AbortController();
    this.underWay = { type: action.type, stop };
    const limit = setTimeout(() => stop.abort(), ACTION_SECONDS * 1_000);
    try {
      const isDone = await this.perform(action, stop.signal);
      if (!isDone) this.ledger.tell('stopped', `"${action.type}" was ended before it was done.`);
    } finally {
      clearTimeout(limit);
      this.underWay = undefined;
    }
  }

  async close(): Promise<void> {
    this.underWay?.stop.abort();
    await this.network.close();
  }

  /** @returns whether all of it was done: searching for blocks and racing end when the signal says so, the rest does not take long */
  private async perform(
    action: Exclude<SandboxAction, { type: 'stop' }>,
    signal: AbortSignal,
  ): Promise<boolean> {
    switch (action.type) {
      case 'mine':
        return this.mine(action.node, action.blocks ?? 1, signal);
      case 'race':
        return this.raceOf(action, signal);
      case 'pay':
        await this.pay(action.from, action.to, action.amount);
        break;
      case 'partition':
        await this.regroup(checkGroups(action.groups), 'split');
        break;
      case 'heal':
        await this.regroup(WHOLE, 'healed');
        break;
      case 'withhold':
        await this.regroup(WITHHOLDING, 'withheld');
        break;
      case 'publish':
        await this.publish();
        break;
      case 'double-spend':
        await this.doubleSpend();
        break;
    }
    return true;
  }

  // --- Actions --------------------------------------------------------------------------------------------------------

  /** @returns whether as many were found as asked for */
  private async mine(name: SandboxNodeName, count: number, signal: AbortSignal): Promise<boolean> {
    const mined = await this.findBlocks(name, count, signal);
    const text = `${name} mined ${mined === 1 ? 'a block' : `${mined} blocks`}.`;
    if (mined > 0) this.ledger.tell('mined', text, { node: name, count: mined });
    await this.network.settle();
    return mined === count;
  }

  /** @returns how many were found: fewer than asked for when the signal ended it */
  private async findBlocks(name: SandboxNodeName, count: number, signal: AbortSignal): Promise<number> {
    if (this.ledger.blockCount + count > MAX_SANDBOX_BLOCKS)
      throw new SandboxError(
        'sandbox-full',
        `a sandbox has room for ${MAX_SANDBOX_BLOCKS} blocks, and has ${this.ledger.blockCount}; start a new one`,
      );
    const { miner } = this.network.node(name).services;
    const { mined } = await miner.mineMany(this.roles.addressOf(name), count, { signal, threads: 1 });
    return mined.length;
  }

  private async pay(from: SandboxNodeName, to: LedgerPayment['to'], amount: number): Promise<LedgerPayment> {
    const payment = await pay(this.network.node(from), this.roles, { from, to, amount });
    this.ledger.payments.push(payment);
    await this.network.spread(payment.txid, from);
    this.ledger.tell('paid', `${from} paid ${amount} base units to ${to}.`, { node: from });
    return payment;
  }

  private async regroup(groups: Groups, kind: 'split' | 'healed' | 'withheld'): Promise<void> {
    const text = {
      split: `The network is split: ${groups.map((group) => group.join(' + ')).join(' | ')}.`,
      healed: 'All nodes are connected again.',
      withheld: 'The attacker cut its lines. What it mines now, nobody else sees.',
    }[kind];
    this.ledger.tell(kind, text, kind === 'withheld' ? { node: 'attacker' } : {});
    await this.network.regroup(groups);
  }

  private async publish(): Promise<void> {
    if (!this.isAttackerApart())
      throw new SandboxError('sandbox-refused', 'the attacker withholds nothing: its lines are open');
    const count = this.withheldBlocks();
    const text = `The attacker opened its lines and showed ${count === 1 ? 'a block' : `${count} blocks`}.`;
    this.ledger.tell('published', text, { node: 'attacker', count });
    await this.network.regroup(WHOLE);
  }

  private isAttackerApart(): boolean {
    const { groups } = this.network;
    return !(['honest-1', 'honest-2'] as const).some((name) => mayTalk(groups, 'attacker', name));
  }

  /** Blocks that only the attacker's node follows and the others have never heard of. */
  private withheldBlocks(): number {
    const others = (['honest-1', 'honest-2'] as const).map((name) => this.network.node(name).services.chain);
    return this.ledger.blocks.filter(({ hash }) =>
      others.every(({ headers }) => headers.get(hash) === undefined),
    ).length;
  }

  private async doubleSpend(): Promise<void> {
    const node = this.network.node('attacker');
    const first = this.ledger.payments.findLast(
      ({ from, conflictsWith }) => from === 'attacker' && conflictsWith === undefined,
    );
    if (first === undefined) throw new SandboxError('sandbox-refused', 'the attacker has paid nobody yet');
    if ((await node.services.store.findTransaction(first.txid)) !== undefined)
      throw new SandboxError(
        'sandbox-refused',
        'for the attacker’s own node the payment is in a block already: pay again, withhold, and spend it twice before it is mined',
      );
    if (!this.isAttackerApart())
      throw new SandboxError(
        'sandbox-refused',
        'cut the attacker’s lines first: the other nodes would hear of the second payment, and put it in the place of the first',
      );
    const second = await doubleSpend(node, this.roles, first);
    this.ledger.payments.push(second);
    await this.network.spread(second.txid, 'attacker');
    this.ledger.tell('double-spent', 'The attacker paid the same coins to itself, at its own node.', {
      node: 'attacker',
    });
  }

  private async raceOf(
    { share, confirmations, pause_ms = 0 }: Extract<SandboxAction, { type: 'race' }>,
    signal: AbortSignal,
  ): Promise<boolean> {
    // One block may be needed to have something to pay with.
    if (this.ledger.blockCount + MAX_RACE_ROUNDS + 1 > MAX_SANDBOX_BLOCKS)
      throw new SandboxError(
        'sandbox-full',
        'a race may need more blocks than the sandbox has left; start a new one',
      );
    if (this.network.groups.length > 1) await this.regroup(WHOLE, 'healed');
    this.race = undefined;
    const coins = await spendableCoins(this.network.node('attacker'), this.roles, 'attacker');
    if (sumOf(coins) < 2 * RACE_PAYMENT && !(await this.mine('attacker', 1, signal))) return false;
    if (signal.aborted) return false;
    const payment = await this.pay('attacker', 'merchant', RACE_PAYMENT);
    let race: SandboxRace;
    try {
      await this.regroup(WITHHOLDING, 'withheld');
      await this.doubleSpend();
      this.ledger.tell('race-started', `The race begins: the attacker has ${share} % of the hash rate.`);
      race = await this.runRounds({ share, confirmations, pause_ms }, signal);
    } catch (error) {
      // The network is whole after it all the same, and nothing is told to be under way. What went wrong is the first error.
      this.breakOffRace();
      await this.publish().catch(() => undefined);
      throw error;
    }
    await this.publish();
    const isGone = !(await this.isConfirmed(payment));
    this.race = race.outcome === 'won' && !isGone ? { ...race, outcome: 'gave-up' } : race;
    if (race.outcome === 'stopped') return false;
    const [attacker, honest] = [race.attacker_blocks, race.honest_blocks];
    if (this.race.outcome === 'won')
      this.ledger.tell(
        'race-won',
        `The attack worked, ${attacker} to ${honest}: the merchant’s payment is gone.`,
      );
    else
      this.ledger.tell('race-lost', `The attacker gave up at ${attacker} to ${honest}: the payment stands.`);
    return true;
  }

  private breakOffRace(): void {
    if (this.race !== undefined) this.race = { ...this.race, outcome: 'stopped' };
  }

  /** Honest nodes and attacker find blocks until it is decided. */
  private runRounds(
    { share, confirmations, pause_ms }: { share: number; confirmations: number; pause_ms: number },
    signal: AbortSignal,
  ): Promise<SandboxRace> {
    let honestTurn = 0;
    return runRace(
      { share, confirmations },
      {
        random: this.modules.random,
        signal,
        mine: async (who) => {
          const name = who === 'attacker' ? 'attacker' : honestTurn++ % 2 === 0 ? 'honest-1' : 'honest-2';
          const found = await this.findBlocks(name, 1, signal);
          await this.network.settle();
          return found === 1;
        },
        pause: () => sleep(pause_ms, undefined, { signal }).catch(() => undefined),
        onRound: (standing) => {
          // Whether it was won, the merchant's balance has to say; see above.
          this.race = standing.outcome === 'won' ? { ...standing, outcome: 'running' } : standing;
        },
      },
    );
  }

  private async isConfirmed({ txid }: LedgerPayment): Promise<boolean> {
    return (await this.network.node('honest-1').services.store.findTransaction(txid)) !== undefined;
  }
}
