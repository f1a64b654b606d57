/**
 * `demo`: the ten-minute tour in seconds. A temporary node of its own, with real blocks, real signatures and real HTTP; nothing
 * of it is left afterwards. Every step checks what it claims.
 */
import type { Command } from 'commander';
import { subsidyAt } from '../../consensus/index.ts';
import { ApiClient } from '../../protocol/client.ts';
import { createWallet } from '../../wallet/index.ts';
import type { Context } from '../context.ts';
import { amountText, coinsText } from '../describe.ts';
import { NO_SETTINGS_HERE } from '../node-config.ts';
import { EASY_TARGET, pay, playTour, type Step } from '../tour.ts';
import { runNetworkDemo } from './demo-network.ts';
import { examples } from './examples.ts';

const PAYMENT = 1_250_000_000;
const FEE = 1_000;

export function addDemoCommand(program: Command, context: Context): void {
  program
    .command('demo')
    .summary('the tour in seconds: two wallets, a payment, two blocks')
    .description(
      'Plays the tour on a temporary node: two wallets, the first block, a payment, the mempool, the second block. Each step is ' +
        'explained and checked. With --network there are three nodes in processes of their own. Your own node and its data are not touched.',
    )
    .option('--network', 'another tour, of three nodes: payments travel, the network splits, a branch wins')
    .option('--pause', 'wait for Enter after each step')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin demo',
        'mini-bitcoin demo --network',
        'mini-bitcoin demo --pause',
        'mini-bitcoin demo --json',
      ),
    )
    .action(async ({ network, pause }: { network?: true; pause?: true }) =>
      network === true ? runNetworkDemo(context, pause === true) : runDemo(context, pause === true),
    );
}

async function runDemo(context: Context, pause: boolean): Promise<void> {
  const { loadConfig, startNode } = await import('../../node/index.ts');
  const loaded = loadConfig({
    flags: {
      'database-url': 'memory:',
      'default-target': EASY_TARGET,
      host: '127.0.0.1',
      port: '0',
      name: 'demo',
      peers: '',
      'sync-interval': '0',
      threads: '1',
      'log-level': 'silent',
    },
    env: {},
    cwd: NO_SETTINGS_HERE,
  });
  if (!loaded.ok) throw new Error(`invariant: ${loaded.mistakes.join('; ')}`);
  const node = await startNode(loaded.config);
  await playTour(context, {
    steps: tour(context, new ApiClient({ baseUrl: node.url }), node.url),
    closing:
      'That was a blockchain: signed payments, put in order by work that anybody can check. Next: mini-bitcoin demo --network, ' +
      'or mini-bitcoin node',
    pause,
    close: () => node.close(),
  });
}

/** One step after the other; each is done when it is handed out. */
async function* tour(
  context: Context,
  client: ApiClient,
  url: string,
): AsyncGenerator<Step, void, undefined> {
  const { call } = context;
  const health = await client.health(call);
  yield {
    title: 'A node starts',
    explanation:
      'It keeps the chain, checks everything it hears, and answers questions over HTTP. This one lives in memory and has an easy ' +
      'target, so that blocks come at once.',
    command: 'mini-bitcoin node',
    facts: [
      ['API', url],
      ['blocks', health.chain_height + 1],
    ],
    checks: [{ what: 'its chain is empty', ok: health.chain_height === -1 }],
  };

  const alice = createWallet();
  const bob = createWallet();
  yield {
    title: 'Alice and Bob make wallets',
    explanation:
      'A wallet is a random number, the private key. The public key follows from it, and the address from that. Nobody is asked, ' +
      'and nothing is registered.',
    command: 'mini-bitcoin create-wallet',
    facts: [
      ['Alice', alice.address],
      ['Bob', bob.address],
    ],
    checks: [{ what: 'the addresses differ', ok: alice.address !== bob.address }],
  };

  const reward = subsidyAt(0, await paramsOf(client, context));
  const genesis = await client.mine({ minerAddress: alice.address }, call);
  const rich = await client.balance(alice.address, {}, call);
  yield {
    title: 'Alice mines the first block',
    explanation:
      'Mining is trying numbers until the hash of the block falls below the target. Whoever finds one may create new coins: this ' +
      'is where all coins come from.',
    command: 'mini-bitcoin mine --address ALICE',
    facts: [
      ['block', `${genesis.height}  ${genesis.block_hash}`],
      ['nonce', genesis.nonce],
      ['Alice has', amountText(rich.balance)],
    ],
    checks: [
      { what: 'it is block 0', ok: genesis.height === 0 },
      { what: `Alice has the reward of ${coinsText(reward)}`, ok: rich.balance === reward },
    ],
  };

  const txid = await pay(client, { from: alice, to: bob.address, amount: PAYMENT, fee: FEE }, call);
  const before = await client.balance(bob.address, {}, call);
  yield {
    title: 'Alice pays Bob',
    explanation:
      'The transaction spends Alice’s coin as a whole: one part goes to Bob, the change back to her, and what is left over is the ' +
      'fee. Her signature proves that she may.',
    command: `mini-bitcoin send --from-file alice.json --to BOB --amount ${coinsText(PAYMENT).replace(/ coins?/, 'coin')} --fee ${FEE}`,
    facts: [
      ['txid', txid],
      ['amount', amountText(PAYMENT)],
      ['fee', amountText(FEE)],
    ],
    checks: [{ what: 'Bob has nothing yet: no block contains it', ok: before.balance === 0 }],
  };

  const mempool = await client.mempool({}, call);
  yield {
    title: 'The payment waits',
    explanation:
      'Every node checks it and keeps it in its mempool. Until a block contains it, nothing has happened: another payment of the ' +
      'same coin could still win.',
    command: 'mini-bitcoin mempool',
    facts: [['waiting', mempool.transactions.map((tx) => tx.txid).join(', ')]],
    checks: [
      { what: 'it is the one that waits', ok: mempool.size === 1 && mempool.transactions[0]?.txid === txid },
    ],
  };

  const block = await client.mine({ minerAddress: alice.address }, call);
  const [tx, emptied] = await Promise.all([client.tx(txid, call), client.mempoolInfo(call)]);
  yield {
    title: 'Alice mines the second block',
    explanation:
      'It names the hash of the first and contains the payment. To change it, somebody would have to do the work of this block, and ' +
      'of all that follow, again.',
    command: 'mini-bitcoin mine --address ALICE',
    facts: [
      ['block', `${block.height}  ${block.block_hash}`],
      ['transactions', `${block.transactions}, with the coinbase`],
      ['confirmations', tx.confirmations],
    ],
    checks: [
      { what: 'the payment is in it', ok: tx.status === 'confirmed' && tx.block_hash === block.block_hash },
      { what: 'the mempool is empty', ok: emptied.size === 0 },
    ],
  };

  const [hers, his] = await Promise.all([
    client.balance(alice.address, {}, call),
    client.balance(bob.address, {}, call),
  ]);
  yield {
    title: 'The balances',
    explanation:
      'A balance is written down nowhere: it is the sum of the coins that an address can spend. Alice got her own fee back, because ' +
      'she mined the block.',
    command: 'mini-bitcoin balance BOB',
    facts: [
      ['Alice', amountText(hers.balance)],
      ['Bob', amountText(his.balance)],
    ],
    checks: [
      { what: `Bob has ${coinsText(PAYMENT)}`, ok: his.balance === PAYMENT },
      { what: `Alice has ${coinsText(2 * reward - PAYMENT)}`, ok: hers.balance === 2 * reward - PAYMENT },
      { what: 'together they have two rewards, not more', ok: hers.balance + his.balance === 2 * reward },
    ],
  };
}

async function paramsOf(client: ApiClient, context: Context): Promise<Parameters<typeof subsidyAt>[1]> {
  const { DEFAULT_PARAMS } = await import('../../consensus/index.ts');
  const { block_reward: blockReward, halving_interval: halvingInterval } = await client.params(context.call);
  return { ...DEFAULT_PARAMS, blockReward, halvingInterval };
}
