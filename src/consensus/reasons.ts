/**
 * Every way in which the rules can refuse something, in one table.
 *
 * A broken rule is an answer, not an accident: checks return a {@link Failure} value and never throw. A failure has
 * - `reason`: a short stable code; Bitcoin Core's own string wherever Core has one (validation.cpp, consensus/tx_check.cpp,
 *   consensus/tx_verify.cpp, validation of the mempool), so that what learners read here they find again there;
 * - `class`: what the failure *means* for whoever met it (may the hash be remembered as bad? is the sender to blame? which
 *   HTTP status?). It plays the part of Core's `BlockValidationResult` and `TxValidationResult` (consensus/validation.h);
 * - `detail`: one sentence for a person.
 */

/**
 * - `consensus`: the identity bytes break a rule. It is wrong for ever and for everybody.
 * - `mutated`: the failure lies in bytes that the hash does not commit to (signatures, public keys, a repeated merkle
 *   node, the size). Another copy *with the same hash* may be good, so the hash must never be remembered as bad.
 * - `missing-parent`: the block before is unknown; it may still arrive.
 * - `missing-inputs`: a coin is unknown or spent; its parent transaction may still arrive.
 * - `time-future`: too early for our clock; may be good later.
 * - `policy`: this node does not want it in its mempool; a block may well contain it.
 * - `malformed`: not even readable.
 * - `duplicate`: already known.
 */
export type FailureClass =
  | 'consensus'
  | 'mutated'
  | 'missing-parent'
  | 'missing-inputs'
  | 'time-future'
  | 'policy'
  | 'malformed'
  | 'duplicate';

/** What a reason means: its class, the room that can give it, and the sentence that a learner reads. */
interface ReasonEntry {
  readonly class: FailureClass;
  readonly about: 'encoding' | 'transaction' | 'header' | 'block' | 'mempool' | 'network';
  readonly meaning: string;
}

export const REASONS = {
  // --- Encodings: could not be read at all -------------------------------------------------------------------
  'malformed-json': { class: 'malformed', about: 'encoding', meaning: 'The text is not valid JSON.' },
  'malformed-field': {
    class: 'malformed',
    about: 'encoding',
    meaning: 'A field is missing or does not have the form that the protocol wants.',
  },
  'malformed-encoding': {
    class: 'malformed',
    about: 'encoding',
    meaning: 'The bytes end too early, go on too long, or hold a number in a form that is not the shortest.',
  },
  'txid-mismatch': {
    class: 'malformed',
    about: 'encoding',
    meaning: 'The txid written beside a transaction is not the hash of its bytes.',
  },
  'block-hash-mismatch': {
    class: 'malformed',
    about: 'encoding',
    meaning: 'The block_hash written beside a block is not the hash of its header.',
  },

  // --- A transaction by itself (Core: CheckTransaction) ------------------------------------------------------
  'bad-txns-vin-empty': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'A transaction must spend something.',
  },
  'bad-txns-vout-empty': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'A transaction must create at least one coin.',
  },
  'bad-txns-oversize': {
    class: 'mutated',
    about: 'transaction',
    meaning: 'The transaction alone is larger than a whole block may be.',
  },
  'bad-txns-vout-negative': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'An amount below zero would create money elsewhere.',
  },
  'bad-txns-vout-toolarge': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'An amount above MAX_MONEY can never exist.',
  },
  'bad-txns-txouttotal-toolarge': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'The outputs together exceed MAX_MONEY (CVE-2010-5139: the sum once overflowed).',
  },
  'bad-txns-inputs-duplicate': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'One coin is spent twice by one transaction (CVE-2018-17144).',
  },
  'bad-txns-prevout-null': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'Only a coinbase may have the null outpoint as input.',
  },
  'bad-cb-length': {
    class: 'mutated',
    about: 'transaction',
    meaning: 'A coinbase spends no coin, so its input carries neither signature nor public key.',
  },

  // --- A transaction against the coins (Core: CheckTxInputs, script verification) -----------------------------
  'bad-txns-inputs-missingorspent': {
    class: 'missing-inputs',
    about: 'transaction',
    meaning: 'A coin that is spent does not exist, or no longer.',
  },
  'bad-txns-premature-spend-of-coinbase': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'A block reward is spent before it has matured.',
  },
  'bad-txns-inputvalues-outofrange': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'The coins spent exceed MAX_MONEY together.',
  },
  'bad-txns-in-belowout': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'The outputs are worth more than the inputs.',
  },
  'bad-txns-nonfinal': {
    class: 'consensus',
    about: 'transaction',
    meaning: 'The locktime has not been reached.',
  },
  'pubkey-hash-mismatch': {
    class: 'mutated',
    about: 'transaction',
    meaning: 'The public key is not the one that the coin was paid to.',
  },
  'bad-signature-encoding': {
    class: 'mutated',
    about: 'transaction',
    meaning: 'The signature is not strict DER (BIP66).',
  },
  'bad-signature-high-s': {
    class: 'mutated',
    about: 'transaction',
    meaning: 'The S of the signature is in the upper half (BIP146): anyone could have flipped it.',
  },
  'bad-signature': {
    class: 'mutated',
    about: 'transaction',
    meaning: 'The signature does not belong to this transaction and key.',
  },

  // --- A header (Core: CheckBlockHeader, ContextualCheckBlockHeader) -------------------------------------------
  'prev-blk-not-found': {
    class: 'missing-parent',
    about: 'header',
    meaning: 'The block before this one is unknown here.',
  },
  'bad-prevblk': { class: 'consensus', about: 'header', meaning: 'It builds on a block that is invalid.' },
  'bad-diffbits': {
    class: 'consensus',
    about: 'header',
    meaning: 'The target is not the one that the retarget rule gives at this height.',
  },
  'high-hash': {
    class: 'consensus',
    about: 'header',
    meaning: 'The hash is above the target: the work was not done.',
  },
  'time-too-old': {
    class: 'consensus',
    about: 'header',
    meaning: 'The timestamp is not after the median of the last 11 blocks.',
  },
  'time-timewarp-attack': {
    class: 'consensus',
    about: 'header',
    meaning: 'The first block of a retarget interval lies more than 600 s before its parent (BIP94).',
  },
  'time-too-new': {
    class: 'time-future',
    about: 'header',
    meaning: 'The timestamp is more than two hours ahead of our clock.',
  },

  // --- A block's body (Core: CheckBlock, ContextualCheckBlock, ConnectBlock) ------------------------------------
  'bad-blk-length': { class: 'mutated', about: 'block', meaning: 'The block is larger than MAX_BLOCK_SIZE.' },
  'bad-cb-missing': {
    class: 'consensus',
    about: 'block',
    meaning: 'The first transaction must be a coinbase.',
  },
  'bad-cb-multiple': { class: 'consensus', about: 'block', meaning: 'There may be only one coinbase.' },
  'bad-cb-height': {
    class: 'consensus',
    about: 'block',
    meaning: "The coinbase's locktime must be the block's height (compare BIP34).",
  },
  'bad-cb-amount': {
    class: 'consensus',
    about: 'block',
    meaning: 'The coinbase takes more than subsidy and fees.',
  },
  'bad-txns-accumulated-fee-outofrange': {
    class: 'consensus',
    about: 'block',
    meaning: 'The fees of the block exceed MAX_MONEY together.',
  },
  'bad-txnmrklroot': {
    class: 'mutated',
    about: 'block',
    meaning: 'The merkle root in the header is not the root of these transactions.',
  },
  'bad-txns-duplicate': {
    class: 'mutated',
    about: 'block',
    meaning: 'The merkle tree has two equal sibling nodes (CVE-2012-2459).',
  },
  duplicate: { class: 'duplicate', about: 'block', meaning: 'This block is already known.' },
  'duplicate-invalid': {
    class: 'duplicate',
    about: 'block',
    meaning: 'This block is already known, and known to be invalid.',
  },

  // --- The mempool's policy (Core: MemPoolAccept) --------------------------------------------------------------
  coinbase: { class: 'consensus', about: 'mempool', meaning: 'A coinbase can only come in a block.' },
  'txn-already-in-mempool': {
    class: 'duplicate',
    about: 'mempool',
    meaning: 'This transaction is already waiting in the mempool.',
  },
  'txn-already-known': {
    class: 'duplicate',
    about: 'mempool',
    meaning: 'This transaction is already in the chain.',
  },
  'txn-same-nonwitness-data-in-mempool': {
    class: 'duplicate',
    about: 'mempool',
    meaning: 'The mempool holds this transaction with other signatures.',
  },
  'min relay fee not met': {
    class: 'policy',
    about: 'mempool',
    meaning: 'The fee rate is below what this node relays.',
  },
  'mempool min fee not met': {
    class: 'policy',
    about: 'mempool',
    meaning: 'The mempool is full, and this pays less than what was last thrown out.',
  },
  'mempool full': {
    class: 'policy',
    about: 'mempool',
    meaning: 'The mempool is full of transactions that pay better.',
  },
  'insufficient fee': {
    class: 'policy',
    about: 'mempool',
    meaning: 'It conflicts with waiting transactions and does not pay enough more to replace them (BIP125).',
  },
  'too many potential replacements': {
    class: 'policy',
    about: 'mempool',
    meaning: 'It would throw out too many waiting transactions at once (BIP125).',
  },
  'replacement-adds-unconfirmed': {
    class: 'policy',
    about: 'mempool',
    meaning: 'A replacement may not bring in a new unconfirmed parent (BIP125).',
  },
  'bad-txns-spends-conflicting-tx': {
    class: 'policy',
    about: 'mempool',
    meaning: 'It spends an output of a transaction that it would replace.',
  },
  'too-long-mempool-chain': {
    class: 'policy',
    about: 'mempool',
    meaning: 'Too many unconfirmed transactions hang together.',
  },

  // --- Peers -----------------------------------------------------------------------------------------------------
  'too-many-peers': {
    class: 'policy',
    about: 'network',
    meaning: 'This node has as many peers as MAX_PEERS allows.',
  },
  'peer-unknown': { class: 'policy', about: 'network', meaning: 'This node knows no such peer.' },
} as const satisfies Record<string, ReasonEntry>;

/** A stable machine-readable reason code. */
export type Reason = keyof typeof REASONS;

/** All reason codes, in the order of the table. */
export const ALL_REASONS = Object.keys(REASONS) as Reason[];

/** A refusal. */
export interface Failure {
  readonly ok: false;
  readonly class: FailureClass;
  readonly reason: Reason;
  readonly detail: string;
}

/** A success that carries a value. */
export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

/** What every check returns. */
export type Verdict<T = void> = Success<T> | Failure;

/** The success without a value. */
export const OK: Success<void> = { ok: true, value: undefined };

/** Wraps a value as a success. */
export function ok<T>(value: T): Success<T> {
  return { ok: true, value };
}

/**
 * Makes a refusal. `detail` says what was found and, where it helps, what was expected. The class comes from the table;
 * `asClass` overrides it where the same rule means something else in another place (see {@link asBlockFailure}).
 */
export function fail(reason: Reason, detail: string, asClass?: FailureClass): Failure {
  return { ok: false, class: asClass ?? REASONS[reason].class, reason, detail };
}

/**
 * A transaction's failure, seen from the block that contains it. A missing coin may still arrive for a loose transaction;
 * in a block, the order and the inputs are committed to by the block's hash, so it is final (as in Core's ConnectBlock).
 */
export function asBlockFailure(failure: Failure, where: string): Failure {
  const blockClass = failure.class === 'missing-inputs' ? 'consensus' : failure.class;
  return { ...failure, class: blockClass, detail: `${where}: ${failure.detail}` };
}
