/**
 * Headers first: before any body is fetched, the headers of a chain are, and their work is checked.
 *
 *   we    POST /p2p/headers  locator [tip, tip−1, …, tip−9, tip−11, tip−15, …, genesis]
 *   peer  the headers of its chain after the first of these that is on it, at most 2,000
 *   we    again, from the last one on, until fewer come
 *
 * A chain is let into the tree when it has shown at least the work of {@link HeaderSync.threshold}; one that has not after its
 * first portion goes through {@link HeaderPresync}. And nobody may fill the tree further than {@link MAX_AHEAD} headers
 * beyond the bodies that we have: the rest is asked for as bodies arrive.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Chainstate } from '../chainstate/index.ts';
import {
  addWork,
  ancestorAt,
  type BlockHash,
  type BlockHeader,
  blockHashOf,
  type Failure,
  type HeaderNode,
  NO_WORK,
  type Work,
  workOfTarget,
} from '../consensus/index.ts';
import { HeaderPresync } from './header-presync.ts';
import { MAX_HEADERS } from './messages.ts';
import type { Offence } from './misbehaviour.ts';
import type { Peer } from './peer.ts';
import type { PeerLink } from './peer-link.ts';
import { PeerFailedError, PeerMisbehavedError } from './peer-errors.ts';

/** Headers that may be in the tree beyond the bodies. */
export const MAX_AHEAD = 20_000;
/** A branch so many blocks of work below the tip is still interesting: people want to see forks. */
const NEAR_TIP_BLOCKS = 10n;
/** So many headers are checked before others get a turn. */
const SLICE = 200;
/** A chain of more portions than this (a hundred million headers) is nobody's. */
const MAX_PORTIONS = 50_000;
/** How often a peer may change its mind about its chain while we read it. */
const MAX_RESTARTS = 3;
const WAIT_FOR_BODIES_MS = 100;

export interface HeaderSyncModules {
  readonly chain: Chainstate;
  readonly clock: { nowS(): number };
  readonly signal: AbortSignal;
  readonly minimumChainWork: bigint;
  /** Headers were let in that may be worth fetching bodies for. */
  readonly onHeaders: () => void;
}

export class HeaderSync {
  private readonly modules: HeaderSyncModules;
  private readonly following = new Map<Peer, Promise<void>>();
  /** Height that is being looked at without being kept, for the progress. */
  private presyncHeight: number | undefined = undefined;

  constructor(modules: HeaderSyncModules) {
    this.modules = modules;
  }

  /** Headers are being read now. */
  get isReading(): boolean {
    return this.following.size > 0;
  }

  /** How far a chain has been read whose work is not known to suffice yet. */
  get heightRead(): number | undefined {
    return this.presyncHeight;
  }

  /** The work that a chain must show before it is kept. */
  threshold(): bigint {
    const { tip } = this.modules.chain;
    const nearTip = tip === null ? 0n : tip.chainWork - NEAR_TIP_BLOCKS * workOfTarget(tip.target);
    return nearTip > this.modules.minimumChainWork ? nearTip : this.modules.minimumChainWork;
  }

  /**
   * Headers that a peer tells of by itself.
   * @returns the last one's node, when all are in the tree; undefined when they do not connect or have too little work
   * @throws PeerMisbehavedError
   */
  async announced(peer: Peer, headers: readonly BlockHeader[]): Promise<HeaderNode | undefined> {
    const [first] = headers;
    if (first === undefined) return undefined;
    requireConnected(headers);
    const parent = this.modules.chain.headers.parentOf(first);
    if (parent === undefined || this.workAfter(parent, headers) < this.threshold()) return undefined;
    const { last, isWhole } = await this.letIn(peer, headers);
    return isWhole ? last : undefined;
  }

  /**
   * Reads the headers of a peer's chain to its end. Several calls for one peer are one.
   * @throws PeerFailedError, PeerMisbehavedError
   */
  follow(peer: Peer): Promise<void> {
    const underWay = this.following.get(peer);
    if (underWay !== undefined) return underWay;
    const reading = this.read(peer).finally(() => {
      this.following.delete(peer);
      this.modules.onHeaders();
    });
    this.following.set(peer, reading);
    return reading;
  }

  private async read(peer: Peer): Promise<void> {
    const { headers: tree } = this.modules.chain;
    const claimed = peer.chainWork ?? 0n;
    let restarts = 0;
    let locator = tree.locator(startOf(peer, tree.tip));
    while (!this.modules.signal.aborted) {
      const page = await linkOf(peer).headersAfter(locator);
      const [first] = page;
      if (first === undefined) break;
      requireConnected(page);
      const parent = tree.parentOf(first);
      if (parent === undefined) {
        // It has reorganised its chain in the meantime: what we asked from is not on it any more.
        if (++restarts > MAX_RESTARTS)
          throw new PeerMisbehavedError(
            'unconnected-headers',
            'its headers do not connect to what it sent before',
          );
        locator = tree.locator();
        continue;
      }
      if (this.workAfter(parent, page) < this.threshold()) {
        if (page.length < MAX_HEADERS) break;
        const outcome = await this.readTwice(peer, parent, page);
        if (outcome === 'too-little') break;
        if (outcome === 'changed') {
          if (++restarts > MAX_RESTARTS) throw new PeerFailedError('its chain changes too often');
          continue; // with the same locator
        }
      } else if (!(await this.letIn(peer, page)).isWhole) return; // a header from the future: nobody is to blame
      if (page.length < MAX_HEADERS) break;
      await this.waitForBodies(peer);
      locator = tree.locator(peer.best);
    }
    this.settle(peer, claimed);
  }

  /** All has been read: is it what the peer said? */
  private settle(peer: Peer, claimed: bigint): void {
    const claimedTip =
      peer.tipHash === undefined ? undefined : this.modules.chain.headers.get(peer.tipHash as BlockHash);
    if (claimedTip !== undefined && !claimedTip.invalid) peer.has(claimedTip);
    const shown = peer.best?.chainWork ?? 0n;
    if (claimed > shown && claimed > this.threshold())
      throw new PeerMisbehavedError(
        'work-not-shown',
        `it claimed a chain of work ${claimed} and showed ${shown}`,
      );
  }

  /** @returns `enough` when the chain has enough work: then it is in the tree, as far as it was read */
  private async readTwice(
    peer: Peer,
    fork: HeaderNode | null,
    firstPage: readonly BlockHeader[],
  ): Promise<'enough' | 'too-little' | 'changed'> {
    const presync = new HeaderPresync(fork, this.modules.chain.params);
    const ends: BlockHash[] = [];
    try {
      for (let page = firstPage; ; page = await linkOf(peer).headersAfter([presync.lastHash])) {
        requireConnected(page);
        if (page[0] !== undefined && page[0].prevHash !== presync.lastHash) return 'changed';
        for (let start = 0; start < page.length; start += SLICE) await nextTurn();
        const failure = presync.take(page, this.modules.clock.nowS());
        const isEnough = presync.work >= this.threshold();
        // A header from the future ends it for now; what came before it stands.
        if (failure !== undefined && !(isEnough && failure.class === 'time-future'))
          throw misbehaviourOf(failure);
        ends.push(presync.lastHash);
        this.presyncHeight = presync.height;
        if (isEnough) break;
        if (page.length < MAX_HEADERS || ends.length >= MAX_PORTIONS) return 'too-little';
      }
      return (await this.readAgain(peer, fork, ends)) ? 'enough' : 'changed';
    } finally {
      this.presyncHeight = undefined;
    }
  }

  /** @returns false when the chain is another one the second time */
  private async readAgain(peer: Peer, fork: HeaderNode | null, ends: readonly BlockHash[]): Promise<boolean> {
    let from: BlockHash[] = fork === null ? [] : [fork.hash];
    for (const end of ends) {
      const page = await linkOf(peer).headersAfter(from);
      requireConnected(page);
      const last = page.findIndex((header) => blockHashOf(header) === end);
      if (last < 0) return false;
      if (!(await this.letIn(peer, page.slice(0, last + 1))).isWhole) return false;
      await this.waitForBodies(peer);
      from = [end];
    }
    return true;
  }

  /**
   * Puts headers into the tree.
   * @returns the last one in it; and whether all are: one from the future may be good later, and ends it for now
   * @throws PeerMisbehavedError
   */
  private async letIn(
    peer: Peer,
    headers: readonly BlockHeader[],
  ): Promise<{ last: HeaderNode | undefined; isWhole: boolean }> {
    let last: HeaderNode | undefined;
    for (let start = 0; start < headers.length; start += SLICE) {
      if (start > 0) await nextTurn();
      const { nodes, failure } = this.modules.chain.acceptHeaders(headers.slice(start, start + SLICE));
      last = nodes.at(-1) ?? last;
      if (last !== undefined) peer.has(last);
      if (failure?.class === 'time-future') return { last, isWhole: false };
      if (failure !== undefined) throw misbehaviourOf(failure);
    }
    this.modules.onHeaders();
    return { last, isWhole: true };
  }

  /** Holds on while the headers are too far ahead of the bodies. */
  private async waitForBodies(peer: Peer): Promise<void> {
    const { signal } = this.modules;
    while (!signal.aborted && peer.link !== undefined && aheadOfBodies(peer.best) > MAX_AHEAD) {
      this.modules.onHeaders();
      await sleep(WAIT_FOR_BODIES_MS);
    }
  }

  private workAfter(parent: HeaderNode | null, headers: readonly BlockHeader[]): Work {
    return headers.reduce(
      (work, { target }) => addWork(work, workOfTarget(target)),
      parent?.chainWork ?? NO_WORK,
    );
  }
}

/** Where to go on from: what it has shown, unless that was nothing or turned out invalid. */
function startOf(peer: Peer, tip: HeaderNode | null): HeaderNode | null {
  return peer.best !== null && !peer.best.invalid ? peer.best : tip;
}

/** The highest ancestor of a node (itself included) that is linked: all bodies up to it are here; null when none is. */
export function linkedAncestor(node: HeaderNode | null): HeaderNode | null {
  if (node === null || node.linked) return node;
  let linked = -1;
  let loose = node.height;
  while (loose - linked > 1) {
    const middle = (linked + loose) >> 1;
    if (ancestorAt(node, middle)?.linked === true) linked = middle;
    else loose = middle;
  }
  return ancestorAt(node, linked);
}

function aheadOfBodies(node: HeaderNode | null): number {
  return node === null ? 0 : node.height - (linkedAncestor(node)?.height ?? -1);
}

/** @throws PeerMisbehavedError unless each header follows the one before */
function requireConnected(headers: readonly BlockHeader[]): void {
  headers.forEach((header, i) => {
    const before = headers[i - 1];
    if (before !== undefined && header.prevHash !== blockHashOf(before))
      throw new PeerMisbehavedError('unconnected-headers', 'its headers do not follow one another');
  });
}

/** What a header that was refused says about its sender. */
export function misbehaviourOf(failure: Failure): PeerFailedError {
  const said = `its header was refused: ${failure.reason} (${failure.detail})`;
  const offence: Offence = failure.class === 'time-future' ? 'future-block' : 'invalid-header';
  return failure.class === 'missing-parent'
    ? new PeerMisbehavedError('unconnected-headers', said)
    : new PeerMisbehavedError(offence, said);
}

function linkOf(peer: Peer): PeerLink {
  if (peer.link === undefined) throw new PeerFailedError('it is not connected any more');
  return peer.link;
}
