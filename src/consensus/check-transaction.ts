/**
 * Rules for a transaction: by itself, and against the coins that it spends.
 *
 * By itself (Core: CheckTransaction, consensus/tx_check.cpp):
 *   CVE-2010-5139 — two outputs of 92 billion coins each overflowed their sum to a small number: every amount *and* the
 *                   running total are bounded by MAX_MONEY, far below where our arithmetic ends (2^53).
 *   CVE-2018-17144 — one coin listed twice as an input of one transaction was spent twice: inputs must differ.
 * Against the coins (Core: CheckTxInputs, consensus/tx_verify.cpp).
 * Where we differ from Bitcoin: no scripts. A coin names the hash of one public key, and an input carries the key and one
 * signature, so "script verification" is three comparisons and one curve operation.
 */
import { type Coin, type CoinsView, outpointKey, type SpentCoin } from './coins.ts';
import { type Address, addressOfPubkey } from './hash.ts';
import { type ChainParams, LOCKTIME_DISABLED, LOCKTIME_THRESHOLD } from './params.ts';
import { fail, OK, ok, type Verdict } from './reasons.ts';
import { checkSignatureEncoding, isCompressedPubkeyForm, type SignatureCheck } from './signature.ts';
import { sighashes } from './sighash.ts';
import {
  isCoinbase,
  isNullOutpoint,
  type Transaction,
  type TransactionInput,
  transactionSize,
  txidOf,
} from './transaction.ts';

/** Rules that need nothing but the transaction. A coinbase passes too; whether one is allowed here is another question. */
export function checkTransaction(tx: Transaction, params: ChainParams): Verdict {
  if (tx.inputs.length === 0) return fail('bad-txns-vin-empty', 'the transaction has no inputs');
  if (tx.outputs.length === 0) return fail('bad-txns-vout-empty', 'the transaction has no outputs');
  const size = transactionSize(tx);
  if (size > params.maxBlockSizeBytes) {
    return fail('bad-txns-oversize', `${size} bytes; a whole block may have ${params.maxBlockSizeBytes}`);
  }

  let total = 0;
  for (const [index, { amount }] of tx.outputs.entries()) {
    if (amount < 0) return fail('bad-txns-vout-negative', `output ${index} pays ${amount}`);
    if (amount > params.maxMoney)
      return fail('bad-txns-vout-toolarge', `output ${index} pays ${amount}, more than ${params.maxMoney}`);
    total += amount;
    if (total > params.maxMoney)
      return fail(
        'bad-txns-txouttotal-toolarge',
        `the outputs up to ${index} pay ${total}, more than ${params.maxMoney}`,
      );
  }

  const again = firstRepeatedInput(tx.inputs);
  if (again !== undefined) {
    const { prevTxid, prevIndex } = tx.inputs[again] as TransactionInput;
    return fail(
      'bad-txns-inputs-duplicate',
      `input ${again} spends ${outpointKey(prevTxid, prevIndex)} again`,
    );
  }

  if (isCoinbase(tx)) {
    const only = tx.inputs[0];
    if (only !== undefined && only.signature.length + only.pubkey.length > 0) {
      return fail(
        'bad-cb-length',
        "the coinbase's input carries a signature or a public key; both must be empty",
      );
    }
    return OK;
  }
  const nullInput = tx.inputs.findIndex(isNullOutpoint);
  if (nullInput >= 0)
    return fail('bad-txns-prevout-null', `input ${nullInput} spends nothing, as only a coinbase may`);
  return OK;
}

/** Few inputs are compared with each other, which makes no texts; many go into a set, because that is not quadratic. */
const COMPARED_INPUTS = 8;

function firstRepeatedInput(inputs: readonly TransactionInput[]): number | undefined {
  if (inputs.length <= COMPARED_INPUTS) {
    const found = inputs.findIndex(({ prevTxid, prevIndex }, index) =>
      inputs.some((other, i) => i < index && other.prevIndex === prevIndex && other.prevTxid === prevTxid),
    );
    return found < 0 ? undefined : found;
  }
  const seen = new Set<string>();
  for (const [index, { prevTxid, prevIndex }] of inputs.entries()) {
    const key = outpointKey(prevTxid, prevIndex);
    if (seen.has(key)) return index;
    seen.add(key);
  }
  return undefined;
}

/**
 * Locktime: may the transaction be in a block at `height`, whose ancestors have this median time past? The height or the
 * time must have been *reached*.
 *
 * (Core: IsFinalTx with BIP113.) Where we differ: Bitcoin wants locktime < height, and lets a sequence number of 0xffffffff
 * in every input switch the lock off. We have no sequence numbers, and the chains of the original hold payments with
 * locktime = height and with 0xffffffff, so here the lock ends *at* its height, and 0xffffffff itself means "no lock".
 */
export function isFinal(tx: Transaction, height: number, medianTimePast: number): boolean {
  if (tx.locktime === 0 || tx.locktime === LOCKTIME_DISABLED) return true;
  return tx.locktime <= (tx.locktime < LOCKTIME_THRESHOLD ? height : medianTimePast);
}

/** What {@link checkTransactionInputs} finds out on the way. */
export interface CheckedInputs {
  /** Base units, ≥ 0. */
  readonly fee: number;
  readonly spent: readonly SpentCoin[];
}

/**
 * Rules about the coins which a non-coinbase transaction spends, apart from signatures.
 * @param height of the block that it would be in
 */
export function checkTransactionInputs(
  tx: Transaction,
  coins: CoinsView,
  height: number,
  medianTimePast: number,
  params: ChainParams,
): Verdict<CheckedInputs> {
  if (!isFinal(tx, height, medianTimePast)) {
    const limit =
      tx.locktime < LOCKTIME_THRESHOLD ? `height ${height}` : `median time past ${medianTimePast}`;
    return fail('bad-txns-nonfinal', `locktime ${tx.locktime} has not been reached at ${limit}`);
  }

  let totalIn = 0;
  const spent: SpentCoin[] = [];
  const spentBy = txidOf(tx);
  for (const [index, { prevTxid, prevIndex }] of tx.inputs.entries()) {
    const key = outpointKey(prevTxid, prevIndex);
    const coin = coins.get(key);
    if (coin === undefined)
      return fail(
        'bad-txns-inputs-missingorspent',
        `input ${index} spends ${key}, which does not exist or is spent`,
      );
    // Even with a maturity of 0, a reward cannot be spent in its own block.
    if (coin.coinbase && height - coin.height < Math.max(params.coinbaseMaturity, 1)) {
      return fail(
        'bad-txns-premature-spend-of-coinbase',
        `input ${index} spends the reward of block ${coin.height} at height ${height}; it matures at ${coin.height + Math.max(params.coinbaseMaturity, 1)}`,
      );
    }
    totalIn += coin.amount;
    if (totalIn > params.maxMoney)
      return fail(
        'bad-txns-inputvalues-outofrange',
        `the inputs up to ${index} are worth ${totalIn}, more than ${params.maxMoney}`,
      );
    spent.push({ outpoint: { txid: prevTxid, index: prevIndex }, coin, spentBy });
  }

  const totalOut = tx.outputs.reduce((sum, output) => sum + output.amount, 0);
  if (totalIn < totalOut)
    return fail('bad-txns-in-belowout', `the inputs are worth ${totalIn}, the outputs ${totalOut}`);
  return ok({ fee: totalIn - totalOut, spent });
}

const COMPACT_BYTES = 64;

/** Owners of public keys, as inputs name them: asked for when a transaction is verified, and again when it is connected. */
const owners = new WeakMap<TransactionInput, Address>();

function ownerOf(input: TransactionInput): Address {
  let owner = owners.get(input);
  if (owner === undefined) {
    owner = addressOfPubkey(input.pubkey);
    owners.set(input, owner);
  }
  return owner;
}

/**
 * Whether the public keys that the inputs bring along are those of the coins' owners.
 * @param spentCoins the coins that the inputs spend, in the order of the inputs
 */
export function checkOwners(tx: Transaction, spentCoins: readonly Coin[]): Verdict {
  for (const [index, input] of tx.inputs.entries()) {
    const coin = spentCoins[index];
    if (coin === undefined) throw new Error(`invariant: no coin for input ${index}`);
    if (ownerOf(input) !== coin.pubkeyHash) {
      return fail(
        'pubkey-hash-mismatch',
        `input ${index}: the coin belongs to ${coin.pubkeyHash}, the public key is another's`,
      );
    }
  }
  return OK;
}

/**
 * The cheap half of "do the signatures go with the public keys?": encoding, low S. What is left is one curve operation per
 * input, handed back as data, because it is worth doing in parallel and need not be done twice. No coins are needed; whether
 * the keys are the right ones, {@link checkOwners} tells.
 */
export function checkSignaturesOfKeys(tx: Transaction): Verdict<SignatureCheck[]> {
  // One array for all: hundreds of small ones a block are what keeps the garbage collector busy.
  const room = new Uint8Array(COMPACT_BYTES * tx.inputs.length);
  const compactSignatures: Uint8Array[] = [];
  for (const [index, { signature, pubkey }] of tx.inputs.entries()) {
    const place = room.subarray(COMPACT_BYTES * index, COMPACT_BYTES * (index + 1));
    const encoding = checkSignatureEncoding(signature, place);
    if (!encoding.ok) return { ...encoding, detail: `input ${index}: ${encoding.detail}` };
    if (!isCompressedPubkeyForm(pubkey)) {
      return fail('bad-signature', `input ${index}: the public key must be 33 bytes, compressed`);
    }
    compactSignatures.push(encoding.value);
  }
  // Digests last: they are what costs most, and only here is it sure that they are wanted.
  const digests = sighashes(tx, tx.inputs.map(ownerOf));
  return ok(
    tx.inputs.map(({ pubkey }, index): SignatureCheck => ({
      digest: digests[index] as Uint8Array,
      compactSignature: compactSignatures[index] as Uint8Array,
      pubkey,
    })),
  );
}

/**
 * The cheap half of "may these inputs spend these coins?": {@link checkOwners}, then {@link checkSignaturesOfKeys}.
 * @param spentCoins the coins that the inputs spend, in the order of the inputs
 */
export function collectSignatureChecks(
  tx: Transaction,
  spentCoins: readonly Coin[],
): Verdict<SignatureCheck[]> {
  const owned = checkOwners(tx, spentCoins);
  return owned.ok ? checkSignaturesOfKeys(tx) : owned;
}
