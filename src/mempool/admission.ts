/**
 * The way of a transaction to its verdict: gather → decide → verify → decide again → conclude.
 *
 * Whatever is waited for (coins, signatures), the world may be another one afterwards: a block came, a parent left, a rival
 * arrived. So the decision is made afresh after each wait, and the conclusion (letting it in) follows the last decision
 * without a pause. What was learnt stays learnt: signatures for ever, coins as long as the tip is the same.
 */
import {
  type ChainParams,
  checkOwners,
  checkSignaturesOfKeys,
  checkTransaction,
  type Coin,
  fail,
  type Failure,
  isCoinbase,
  type OutpointKey,
  type Transaction,
  type Txid,
  txidOf,
  type Verdict,
  OK,
  type Wtxid,
  wtxidOf,
} from '../consensus/index.ts';
import type { Clock, Verifier } from '../chainstate/ports.ts';
import { assess, type Candidate, type Findings, NO_FINDINGS, parentsOfKeys } from './assessment.ts';
import { CoinRequests } from './coin-requests.ts';
import type { EntryPool } from './entry-pool.ts';
import type { MempoolPolicy } from './policy.ts';
import type { ChainView } from './ports.ts';
import type { RollingMinimumFee } from './rolling-minimum-fee.ts';
import type { VerifiedTransactions } from './verified-transactions.ts';

/** The chain changed so often while we looked that no decision was possible. Try again later. */
export class MempoolBusyError extends Error {
  override readonly name = 'MempoolBusyError';
}

/** How it ended, valid in the very moment in which it is told. */
export type Outcome =
  | { readonly kind: 'admissible'; readonly candidate: Candidate }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly findings: Findings }
  /** Nobody knows these parents. They may arrive. */
  | { readonly kind: 'orphan'; readonly failure: Failure; readonly missingParents: readonly Txid[] };

/** What is known of the chain, as of one epoch. */
interface ChainKnowledge {
  readonly epoch: number;
  readonly coins: Map<OutpointKey, Coin | undefined>;
  /** Whether transactions are in the active chain. */
  readonly confirmed: Map<Txid, boolean>;
}

export interface AdmissionModules {
  readonly chain: ChainView;
  readonly verifier: Verifier;
  readonly verified: Pick<VerifiedTransactions, 'has' | 'add'>;
  readonly clock: Clock;
  readonly pool: EntryPool;
  readonly minimumFee: RollingMinimumFee;
}

/** Each wait teaches something, so without a changing chain five suffice. */
const MAX_DECISIONS = 50;

export class Admission {
  private readonly params: ChainParams;
  private readonly policy: MempoolPolicy;
  private readonly modules: AdmissionModules;
  private readonly coinRequests: CoinRequests;
  /** Signatures that are being checked: a transaction that comes twice at the same moment waits for the first. */
  private readonly verifying = new Map<Wtxid, Promise<Verdict>>();

  constructor(options: { params: ChainParams; policy: MempoolPolicy }, modules: AdmissionModules) {
    this.params = options.params;
    this.policy = options.policy;
    this.modules = modules;
    this.coinRequests = new CoinRequests(modules.chain);
  }

  /**
   * Decides about a transaction and hands the outcome to `conclude`, which acts on it at once, synchronously.
   * @throws MempoolBusyError
   * @throws whatever the chain's store or the verifier throw
   */
  async decide<T>(
    tx: Transaction,
    options: { readonly ignoreMinimumFee: boolean },
    conclude: (outcome: Outcome) => T,
  ): Promise<T> {
    const { chain, pool, verified, minimumFee, clock } = this.modules;
    const refuse = (failure: Failure): T => conclude({ kind: 'refused', failure, findings: NO_FINDINGS });

    const intrinsic = checkTransaction(tx, this.params);
    if (!intrinsic.ok) return refuse(intrinsic);
    if (isCoinbase(tx)) return refuse(fail('coinbase', 'a coinbase can only come in a block'));

    let signaturesHold = false;
    let known = knowledgeOf(chain.epoch);
    for (let decisions = 0; decisions < MAX_DECISIONS; decisions++) {
      if (known.epoch !== chain.epoch) known = knowledgeOf(chain.epoch);
      const assessment = assess(tx, {
        ...{ pool, policy: this.policy, params: this.params },
        nextHeight: chain.height + 1,
        medianTimePast: chain.medianTimePast,
        minimumFeePerKb: minimumFee.feePerKb(pool.bytes, clock.nowS()),
        ignoreMinimumFee: options.ignoreMinimumFee,
        chainCoins: known.coins,
      });

      if (assessment.kind === 'refused') return conclude(assessment);
      if (assessment.kind === 'coins-wanted') {
        known = await this.learnCoins(known, assessment.keys);
      } else if (assessment.kind === 'coins-missing') {
        const open = this.unknownTransactions(tx, assessment.keys, known);
        if (open.length === 0) return conclude(this.judgeMissing(tx, assessment.keys, known));
        await this.learnConfirmed(known, open);
      } else {
        const { candidate } = assessment;
        // That signatures hold says nothing about whose they are: that is asked each time.
        const owned = checkOwners(
          tx,
          candidate.spent.map(({ coin }) => coin),
        );
        if (!owned.ok) return conclude({ kind: 'refused', failure: owned, findings: candidate });
        // A block may have brought it while we waited.
        signaturesHold ||= verified.has(wtxidOf(tx));
        if (signaturesHold) return conclude(assessment);
        const signatures = await this.verifyOnce(tx);
        if (!signatures.ok) return conclude({ kind: 'refused', failure: signatures, findings: candidate });
        signaturesHold = true;
        verified.add(wtxidOf(tx));
      }
    }
    throw new MempoolBusyError('the chain changes too fast to decide about a transaction');
  }

  private async learnCoins(known: ChainKnowledge, keys: readonly OutpointKey[]): Promise<ChainKnowledge> {
    const answer = await this.coinRequests.fetch(keys);
    const now = answer.epoch === known.epoch ? known : knowledgeOf(answer.epoch);
    for (const key of keys) now.coins.set(key, answer.coins.get(key));
    return now;
  }

  private async learnConfirmed(known: ChainKnowledge, txids: readonly Txid[]): Promise<void> {
    const answers = await Promise.all(txids.map((txid) => this.modules.chain.isConfirmed(txid)));
    for (const [index, txid] of txids.entries()) known.confirmed.set(txid, answers[index] === true);
  }

  /** What must still be asked for to judge missing coins. Not more than could ever be accepted together. */
  private unknownTransactions(
    tx: Transaction,
    missing: readonly OutpointKey[],
    known: ChainKnowledge,
  ): Txid[] {
    const parents = parentsOfKeys(missing);
    const relevant = parents.length > this.policy.maxAncestors ? [txidOf(tx)] : [txidOf(tx), ...parents];
    return relevant.filter((txid) => !known.confirmed.has(txid));
  }

  /** Coins are missing: is it old, is it wrong, or are its parents still to come? */
  private judgeMissing(tx: Transaction, missing: readonly OutpointKey[], known: ChainKnowledge): Outcome {
    const refused = (failure: Failure): Outcome => ({ kind: 'refused', failure, findings: NO_FINDINGS });
    const txid = txidOf(tx);
    if (known.confirmed.get(txid) === true) {
      return refused(fail('txn-already-known', `${txid} is in the chain`));
    }
    const parents = parentsOfKeys(missing);
    const failure = fail(
      'bad-txns-inputs-missingorspent',
      `${missing.length === 1 ? 'the coin' : 'the coins'} ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''} ${
        missing.length === 1 ? 'does' : 'do'
      } not exist or ${missing.length === 1 ? 'is' : 'are'} spent`,
    );
    // Where the parent is known, waiting for it is no use: it has no such output, or that is spent.
    const hopeless =
      parents.length > this.policy.maxAncestors ||
      parents.some(
        (parent) => known.confirmed.get(parent) === true || this.modules.pool.get(parent) !== undefined,
      );
    return hopeless ? refused(failure) : { kind: 'orphan', failure, missingParents: parents };
  }

  private verifyOnce(tx: Transaction): Promise<Verdict> {
    const wtxid = wtxidOf(tx);
    const underWay = this.verifying.get(wtxid);
    if (underWay !== undefined) return underWay;
    const verdict = this.verify(tx).finally(() => this.verifying.delete(wtxid));
    this.verifying.set(wtxid, verdict);
    return verdict;
  }

  /** Whether the signatures go with the keys that the inputs bring along. */
  private async verify(tx: Transaction): Promise<Verdict> {
    const checks = checkSignaturesOfKeys(tx);
    if (!checks.ok) return checks;
    const invalid = await this.modules.verifier.firstInvalid(checks.value);
    return invalid < 0 ? OK : fail('bad-signature', `input ${invalid}: the signature does not verify`);
  }
}

function knowledgeOf(epoch: number): ChainKnowledge {
  return { epoch, coins: new Map(), confirmed: new Map() };
}
