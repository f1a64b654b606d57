/**
 * `demo --network`: a tour over three nodes in processes of their own, linked in a line. A payment travels, the network
 * splits, both sides mine, and when it heals, the branch with less work gives way.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '../../consensus/index.ts';
import type { ApiClient, CallOptions, Reorg } from '../../protocol/index.ts';
import { createWallet, type Wallet } from '../../wallet/index.ts';
import { CliError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { amountText, coinsText, counted } from '../describe.ts';
import { Devnet } from '../devnet/devnet.ts';
import { findFreePorts } from '../devnet/free-ports.ts';
import { pauseFor } from '../devnet/pause.ts';
import type { Fact } from '../layout.ts';
import { EASY_TARGET, pay, playTour, type Step } from '../tour.ts';

const NODES = 3;
const PAYMENT = 1_250_000_000;
const LATE_PAYMENT = 300_000_000;
const FEE = 1_000;
/** Blocks of the larger side while the network is split, and of the smaller. */
const BLOCKS_OF_MANY = 3;
const BLOCKS_OF_ONE = 2;
/** Far more than a message needs. Longer, and something is broken. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** Plays the tour. @throws CliError when a check fails */
export async function runNetworkDemo(context: Context, pause: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mini-bitcoin-demo-'));
  const devnet = new Devnet({
    folder,
    ports: await findFreePorts(NODES),
    parameters: {
      nodes: NODES,
      topology: 'line',
      seed: 0,
      portBase: 1,
      blockTimeS: 10,
      defaultTarget: EASY_TARGET,
      storage: 'memory',
      formerPortBases: [],
    },
    minerAddresses: [],
    settings: { RETARGET_INTERVAL: '0' },
    env: context.terminal.env,
    onEvent: () => undefined, // the steps tell
  });
  await playTour(context, {
    steps: new NetworkTour(context, devnet).steps(),
    closing:
      'That was a network: nobody is in charge, everybody checks everything, and the chain with the most work is the truth. ' +
      'Next, with a network of your own: mini-bitcoin devnet --mine',
    pause,
    close: async () => {
      await devnet.close();
      await rm(folder, { recursive: true, force: true });
    },
  });
}

class NetworkTour {
  private readonly devnet: Devnet;
  private readonly clients: readonly ApiClient[];
  private readonly call: CallOptions;
  private readonly signal: AbortSignal;
  private readonly alice = createWallet();
  private readonly bob = createWallet();
  private readonly carol = createWallet();

  constructor(context: Context, devnet: Devnet) {
    this.devnet = devnet;
    this.clients = devnet.nodes.map(({ client }) => client);
    this.call = context.call;
    this.signal = context.signal;
  }

  async *steps(): AsyncGenerator<Step, void, undefined> {
    yield await this.start();
    yield await this.firstBlock();
    yield* this.paymentTravels();
    yield await this.split();
    const { rare, txid } = yield* this.bothSidesMine();
    yield* this.heal(rare, txid);
  }

  private async start(): Promise<Step> {
    const began = this.devnet.start();
    const stop = (): void => {
      this.devnet.close().catch(() => undefined); // Ctrl-C while they start
    };
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      await began;
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    } finally {
      this.signal.removeEventListener('abort', stop);
    }
    const peers = await this.each(async (client) => (await client.health(this.call)).peer_count);
    return {
      title: 'Three nodes start',
      explanation:
        'Each is a program of its own, with its own copy of the chain. They are linked in a line: the first and the third know ' +
        'only the second. What they tell each other, each checks for itself.',
      command: 'mini-bitcoin devnet --nodes 3 --topology line --memory',
      facts: this.devnet.nodes.map(({ name, url }, index) => [
        name,
        `${url}, ${counted(peers[index] ?? 0, 'peer')}`,
      ]),
      checks: [{ what: 'each has the peers of its place in the line', ok: peers.join() === '1,2,1' }],
    };
  }

  private async firstBlock(): Promise<Step> {
    const block = await this.mine(1, this.alice.address);
    await this.until('the block reaches node-3', async () => (await this.tipOf(3)) === block);
    const tips = await this.tips();
    return {
      title: 'Alice mines at node-1, and everybody has the block',
      explanation:
        'node-1 tells node-2 of the block, node-2 checks it and tells node-3. Nobody asked them to believe anything: the work in ' +
        'the block and the rules are enough.',
      command: `mini-bitcoin mine --address ALICE --node ${this.urlOf(1)}`,
      facts: [...this.tipFacts(tips), ['Alice has', amountText(await this.balance(3, this.alice))]],
      checks: [{ what: 'all three have the same tip', ok: new Set(tips).size === 1 }],
    };
  }

  private async *paymentTravels(): AsyncGenerator<Step, void, undefined> {
    const txid = await pay(
      this.client(2),
      { from: this.alice, to: this.bob.address, amount: PAYMENT, fee: FEE },
      this.call,
    );
    await this.until('the payment reaches node-1 and node-3', async () =>
      (await this.each((client) => waits(client, txid, this.call))).every(Boolean),
    );
    yield {
      title: 'Alice pays Bob at node-2, and it waits everywhere',
      explanation:
        'She hands the payment to node-2. Each node checks the signature and the coins, keeps it in its mempool and tells its ' +
        'peers. So it waits at node-3, too, where Alice never was.',
      command: `mini-bitcoin send --from-file alice.json --to BOB --amount ${coinsText(PAYMENT).replace(/ coins?/, 'coin')} --fee ${FEE} --node ${this.urlOf(2)}`,
      facts: [
        ['txid', txid],
        ['amount', amountText(PAYMENT)],
      ],
      checks: [
        { what: 'it waits in the mempool of node-3', ok: await waits(this.client(3), txid, this.call) },
      ],
    };

    const block = await this.mine(3, this.carol.address);
    await this.until('the block reaches node-1', async () => (await this.tipOf(1)) === block);
    const balances = await this.each((_, node) => this.balance(node, this.bob));
    const { size } = await this.client(1).mempoolInfo(this.call);
    yield {
      title: 'Carol mines it at node-3',
      explanation:
        'Whoever finds the block takes the payments that wait, and their fees. Bob’s payment is confirmed by a node that neither he ' +
        'nor Alice talked to.',
      command: `mini-bitcoin mine --address CAROL --node ${this.urlOf(3)}`,
      facts: [
        ['block', block],
        ['Bob has', amountText(balances[0] ?? 0)],
      ],
      checks: [
        {
          what: `Bob has ${coinsText(PAYMENT)} at all three nodes`,
          ok: balances.every((its) => its === PAYMENT),
        },
        { what: 'nothing waits any more', ok: size === 0 },
      ],
    };
  }

  private async split(): Promise<Step> {
    await this.devnet.partition(['1,2', '3']);
    await this.until(
      'node-3 is alone',
      async () => (await this.client(3).health(this.call)).peer_count === 0,
    );
    const peers = await this.each(async (client) => (await client.health(this.call)).peer_count);
    return {
      title: 'The network splits: 1,2 | 3',
      explanation:
        'A cable breaks; here, the nodes of one side refuse those of the other. Each side goes on: nothing tells it that there is ' +
        'another.',
      command: 'mini-bitcoin devnet partition 1,2 / 3',
      facts: peers.map((count, index): Fact => [`node-${index + 1}`, counted(count, 'peer')]),
      checks: [
        { what: 'node-1 and node-2 have each other, node-3 has nobody', ok: peers.join() === '1,1,0' },
      ],
    };
  }

  private async *bothSidesMine(): AsyncGenerator<Step, { rare: string; txid: string }, undefined> {
    // Only the side of node-3 hears of this one.
    const txid = await pay(
      this.client(3),
      { from: this.carol, to: this.bob.address, amount: LATE_PAYMENT, fee: FEE },
      this.call,
    );
    const rare = await this.mine(3, this.carol.address, BLOCKS_OF_ONE);
    const [here, there] = await Promise.all([this.balance(3, this.bob), this.balance(1, this.bob)]);
    yield {
      title: 'Carol pays Bob on the side of node-3, and mines it',
      explanation:
        `For node-3 all is well: the payment is in a block, and another block stands on it. But it is the smaller side; the others ` +
        'know nothing of the payment.',
      command: `mini-bitcoin send --from-file carol.json --to BOB --amount ${coinsText(LATE_PAYMENT).replace(/ coins?/, 'coin')} --fee ${FEE} --node ${this.urlOf(3)}`,
      facts: [
        ['txid', txid],
        ['Bob has, says node-3', amountText(here)],
        ['Bob has, says node-1', amountText(there)],
      ],
      checks: [
        { what: 'node-3 counts it as confirmed', ok: here === PAYMENT + LATE_PAYMENT },
        { what: 'node-1 does not know it', ok: there === PAYMENT },
      ],
    };

    const common = await this.mine(1, this.alice.address, BLOCKS_OF_MANY);
    await this.until('node-2 follows node-1', async () => (await this.tipOf(2)) === common);
    const [tips, heights] = [await this.tips(), await this.heights()];
    yield {
      title: 'The other side mines, too, and more',
      explanation:
        `Two nodes find more blocks than one: ${BLOCKS_OF_MANY} to ${BLOCKS_OF_ONE}. There are two histories now, and both follow ` +
        'all the rules. Which one is right? The one with more work in it.',
      command: `mini-bitcoin mine --address ALICE --blocks ${BLOCKS_OF_MANY} --node ${this.urlOf(1)}`,
      facts: tips.map((tip, index): Fact => [
        `node-${index + 1}`,
        `height ${heights[index] ?? '?'}, tip ${tip ?? 'none'}`,
      ]),
      checks: [
        { what: 'node-1 and node-2 agree', ok: tips[0] === tips[1] },
        { what: 'node-3 has another tip', ok: tips[2] === rare && tips[2] !== tips[0] },
      ],
    };
    return { rare, txid };
  }

  private async *heal(rare: string, txid: string): AsyncGenerator<Step, void, undefined> {
    await this.devnet.heal();
    await this.until('node-3 follows the longer chain', async () => new Set(await this.tips()).size === 1);
    const reorg = (await this.client(3).tips(this.call)).reorgs.find(
      ({ old_tip: old }) => old.block_hash === rare,
    );
    if (reorg === undefined)
      throw new CliError('node-3 tells of no reorganisation.', { reason: 'demo-failed' });
    await this.until('the payment waits at node-3 again', () => waits(this.client(3), txid, this.call));
    const tips = await this.tips();
    yield {
      title: 'The network heals, and node-3 changes its mind',
      explanation:
        'node-3 hears of a chain with more work. It goes back to the last block that both have, and forward along the other branch: a ' +
        'reorganisation. Its own blocks are not wrong, they are beside the chain now; Carol’s rewards in them are gone.',
      command: 'mini-bitcoin devnet heal',
      facts: [...reorgFacts(reorg), ...this.tipFacts(tips)],
      checks: [
        { what: `${BLOCKS_OF_ONE} blocks left, ${BLOCKS_OF_MANY} joined`, ok: isExpected(reorg) },
        { what: 'all three have the same tip again', ok: new Set(tips).size === 1 },
        {
          what: 'the payment that was only on this side waits in the mempool again',
          ok: reorg.transactions_returned === 1 && (await waits(this.client(3), txid, this.call)),
        },
      ],
    };

    const block = await this.mine(3, this.carol.address);
    await this.until('all have the last block', async () =>
      (await this.tips()).every((tip) => tip === block),
    );
    const balances = await this.each((_, node) => this.balance(node, this.bob));
    yield {
      title: 'The payment is confirmed again, for everybody',
      explanation:
        'It was never lost: it went back to wait, and the next block takes it. That is why one waits for some confirmations: a block ' +
        'that was just found may yet give way to another branch.',
      command: `mini-bitcoin mine --address CAROL --node ${this.urlOf(3)}`,
      facts: [
        ['block', block],
        ['Bob has', amountText(balances[0] ?? 0)],
      ],
      checks: [
        {
          what: `Bob has ${coinsText(PAYMENT + LATE_PAYMENT)} at all three nodes`,
          ok: balances.every((its) => its === PAYMENT + LATE_PAYMENT),
        },
      ],
    };
  }

  // --- Looking and waiting ------------------------------------------------------------------------------------------

  private client(node: number): ApiClient {
    const client = this.clients[node - 1];
    if (client === undefined) throw new Error(`invariant: no node ${node}`);
    return client;
  }

  private urlOf(node: number): string {
    return this.client(node).baseUrl;
  }

  private async each<T>(ask: (client: ApiClient, node: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.clients.map((client, index) => ask(client, index + 1)));
  }

  private async tipOf(node: number): Promise<string | null> {
    return (await this.client(node).health(this.call)).tip_hash;
  }

  private async tips(): Promise<(string | null)[]> {
    return this.each((_, node) => this.tipOf(node));
  }

  private async heights(): Promise<number[]> {
    return this.each(async (client) => (await client.health(this.call)).chain_height);
  }

  private tipFacts(tips: readonly (string | null)[]): Fact[] {
    return tips.map((tip, index) => [`tip of node-${index + 1}`, tip ?? 'none']);
  }

  private async balance(node: number, { address }: Wallet): Promise<number> {
    return (await this.client(node).balance(address, {}, this.call)).balance;
  }

  /** @returns the hash of the last block */
  private async mine(node: number, address: Address, blocks = 1): Promise<string> {
    return (await this.client(node).mine({ minerAddress: address, blocks }, this.call)).block_hash;
  }

  /** Waits until something holds. @throws CliError when it never does */
  private async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (performance.now() > deadlineMs) {
        throw new CliError(`The tour waited in vain: ${what}.`, {
          reason: 'demo-failed',
          hint: 'This is a defect of MiniBitcoin; please report it.',
        });
      }
      await pauseFor(LOOK_EVERY_MS, this.signal);
    }
  }
}

async function waits(client: ApiClient, txid: string, options: CallOptions): Promise<boolean> {
  const { transactions } = await client.mempool({}, options);
  return transactions.some((tx) => tx.txid === txid);
}

function isExpected({ depth, connected_count: joined }: Reorg): boolean {
  return depth === BLOCKS_OF_ONE && joined === BLOCKS_OF_MANY;
}

function reorgFacts(reorg: Reorg): Fact[] {
  return [
    ['fork at', `height ${reorg.fork_height}  ${reorg.fork_hash ?? ''}`],
    ['depth', `${counted(reorg.depth, 'block')} left, ${reorg.connected_count} joined`],
    ['old tip', `${reorg.old_tip.height}  ${reorg.old_tip.block_hash}`],
    ['new tip', `${reorg.new_tip.height}  ${reorg.new_tip.block_hash}`],
    ['payments', `${reorg.transactions_left} left, ${reorg.transactions_returned} returned to the mempool`],
  ];
}
