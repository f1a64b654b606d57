// Makes the pictures of the README from the running product: npm run pictures
//
// A node of the build, with its store in memory, gets a short chain with a fork, a reorganisation and a payment that waits;
// a real Chromium opens its pages, and what is on them is written to docs/pictures. Keys, times and nonces are always the
// same, and the clock of the node stands still: a picture changes only when the page does.
//
// To add a picture: a line in PICTURES, and `<picture>` in the README.

import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureReady, explainProblems } from './ensure-ready.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'docs', 'pictures');
const MAX_BYTES = 150_000;
const WIDTH = 1280;
const MARGIN = 16;

/**
 * path      of the page, from the chain that was made
 * ready     what must be there before the picture is taken
 * part      what is in the picture; the whole page below the header when left out
 */
const PICTURES = [
  { name: 'chain', path: () => '/', ready: '[data-testid=reorg].caution' },
  {
    name: 'bytes',
    path: (chain) => `/block/${chain.tip.hash}#bytes`,
    ready: '[data-testid=field]',
    part: 'section:has([data-testid=field])',
  },
  {
    name: 'lesson',
    path: () => '/learn/retarget',
    ready: '[data-step=speed] input',
    part: '[data-step=speed]',
  },
];

/** Long after the blocks, and the same in each run. */
const NOW_MS = Date.UTC(2026, 0, 3, 18, 15);

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [
    process.env.CHROMIUM ?? '',
    ...names.flatMap((name) => folders.map((f) => join(f, name))),
  ];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return path !== '';
    } catch {
      return false;
    }
  });
}

/** Mines blocks by hand, so that they are the same each time. */
async function makeChain() {
  const consensus = await import('../dist/consensus/index.js');
  const { buildPayment, walletFromPrivateKey } = await import('../dist/wallet/index.js');
  const { blockHashOf, hashMeetsTarget, merkleRoot, subsidyAt, txidOf, NO_BLOCK, NO_TXID, NULL_INDEX } =
    consensus;
  const [you, other] = ['1', '2'].map((digit) => walletFromPrivateKey(digit.padStart(64, '0')));
  const target = consensus.MAX_TARGET >> 16n;
  const params = { ...consensus.DEFAULT_PARAMS, defaultTarget: target };
  const none = new Uint8Array();
  const firstTimeS = NOW_MS / 1000 - 600;

  /** @param spacingS seconds after the block before */
  function mine(parent, miner, { payments = [], spacingS = 10 } = {}) {
    const height = parent === null ? 0 : parent.height + 1;
    const coinbase = {
      version: 1,
      inputs: [{ prevTxid: NO_TXID, prevIndex: NULL_INDEX, signature: none, pubkey: none }],
      outputs: [{ amount: subsidyAt(height, params) + payments.length * FEE, pubkeyHash: miner.address }],
      locktime: height,
    };
    const transactions = [coinbase, ...payments];
    const header = {
      version: 1,
      prevHash: parent?.hash ?? NO_BLOCK,
      merkleRoot: merkleRoot(transactions.map(txidOf)).root,
      timestamp: parent === null ? firstTimeS : parent.block.header.timestamp + spacingS,
      target,
      nonce: 0,
    };
    while (!hashMeetsTarget(blockHashOf({ ...header }), target)) header.nonce++;
    const block = { header: { ...header }, transactions };
    return { height, hash: blockHashOf(header), block };
  }
  const FEE = 1_000;
  const rewardOf = ({ block }) => ({
    txid: txidOf(block.transactions[0]),
    index: 0,
    amount: block.transactions[0].outputs[0].amount,
  });
  const pay = (coin, coins) =>
    buildPayment({
      coins: [rewardOf(coin)],
      privateKey: you.privateKey,
      to: other.address,
      amount: coins * consensus.BASE_UNITS_PER_COIN,
      fee: FEE,
    }).transaction;

  //  0 ─ 1 ─ 2 ─┬─ 3 ─ 4             left: its two payments are in the other branch, or wait again
  //             └─ 3′ ─ 4′ ─ 5   joined
  const trunk = [mine(null, you)];
  trunk.push(mine(trunk[0], you, { spacingS: 9 }), undefined);
  trunk[2] = mine(trunk[1], other, { spacingS: 12 });
  const [first, second] = [pay(trunk[0], 12), pay(trunk[1], 7)];
  const left = [mine(trunk[2], you, { payments: [first], spacingS: 8 })];
  left.push(mine(left[0], you, { payments: [second], spacingS: 11 }));
  const joined = [mine(trunk[2], other, { payments: [first], spacingS: 13 })];
  for (const [miner, spacingS] of [
    [other, 9],
    [you, 7],
  ])
    joined.push(mine(joined.at(-1), miner, { spacingS }));
  return {
    you,
    target,
    order: [...trunk, ...left, ...joined],
    tip: joined.at(-1),
    encodeBlock: consensus.encodeBlock,
  };
}

async function startNode(chain) {
  const { loadConfig, startNode: start } = await import('../dist/node/index.js');
  const { ApiClient } = await import('../dist/protocol/index.js');
  const loaded = loadConfig({
    flags: {},
    env: {
      ...{ DATABASE_URL: 'memory:', DATA_DIR: join(tmpdir(), 'mini-bitcoin-none'), NODE_PORT: '0' },
      ...{ DEFAULT_TARGET: `0x${chain.target.toString(16)}`, SYNC_INTERVAL: '0', LOG_LEVEL: 'warn' },
    },
    cwd: tmpdir(),
  });
  if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
  const node = await start(loaded.config);
  const client = new ApiClient({ baseUrl: node.url });
  for (const { block } of chain.order) await client.submitBlock(chain.encodeBlock(block));
  return node;
}

async function takePicture(context, node, chain, { name, path, ready, part }, scheme) {
  const page = await context.newPage();
  try {
    await page.goto(node.url + path(chain));
    await page.locator(ready).waitFor();
    await page.getByTestId('connection').filter({ hasText: 'Live' }).waitFor();
    // What is fetched besides: the page is as it stays.
    await page.waitForLoadState('networkidle');
    const box = await page
      .locator(part ?? '#content > *')
      .first()
      .boundingBox();
    if (box === null) throw new Error(`${name}: there is nothing to see`);
    const picture = await page.screenshot({
      fullPage: true,
      clip: { x: 0, y: Math.max(0, box.y - MARGIN), width: WIDTH, height: box.height + 2 * MARGIN },
    });
    if (picture.length > MAX_BYTES)
      throw new Error(`${name}-${scheme}: ${picture.length} bytes, more than ${MAX_BYTES}`);
    writeFileSync(join(folder, `${name}-${scheme}.png`), picture);
    console.log(`docs/pictures/${name}-${scheme}.png  ${Math.round(picture.length / 1000)} kB`);
  } finally {
    await page.close();
  }
}

async function main() {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    console.error('No Chromium was found: install one, or name it in CHROMIUM.');
    process.exitCode = 1;
    return;
  }
  const { chromium } = await import('playwright-core');
  Date.now = () => NOW_MS;
  const chain = await makeChain();
  const node = await startNode(chain);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    mkdirSync(folder, { recursive: true });
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({
        ...{ viewport: { width: WIDTH, height: 800 }, deviceScaleFactor: 1, colorScheme },
        ...{ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' },
        storageState: {
          cookies: [],
          origins: [
            { origin: node.url, localStorage: [{ name: 'mini-bitcoin.address', value: chain.you.address }] },
          ],
        },
      });
      for (const picture of PICTURES) await takePicture(context, node, chain, picture, colorScheme);
      await context.close();
    }
  } finally {
    await browser.close();
    await node.close();
  }
}

if (explainProblems(() => ensureReady({ install: false }))) await main();
else process.exitCode = 1;
