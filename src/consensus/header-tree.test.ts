import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlockHash, NO_BLOCK } from './hash.ts';
import { ancestorAt, forkPoint, type HeaderNode, HeaderTree, pathBetween } from './header-tree.ts';
import { MAX_TARGET, type Target } from './target.ts';

/** A tree without mining: it does not check headers, so any name will do for a hash. Work 1 a block, or 2, … */
class NamedTree {
  readonly tree = new HeaderTree();

  header(name: string, parent: string | null, work = 1n): HeaderNode {
    const hash = name as BlockHash;
    const prevHash = parent === null ? NO_BLOCK : (parent as BlockHash);
    const target = ((MAX_TARGET + 1n) / work - 1n) as Target;
    return this.tree.addHeader(
      { version: 1, prevHash, merkleRoot: '', timestamp: 0, target, nonce: 0 },
      hash,
    );
  }

  /** Headers and bodies of a chain, lowest first. */
  blocks(parent: string | null, ...names: string[]): this {
    let below = parent;
    for (const name of names) {
      this.tree.addBody(this.header(name, below));
      below = name;
    }
    return this;
  }

  /** Moves to the best tip, as a chain state does, and tells its name. */
  activate(): string | undefined {
    const best = this.tree.bestCandidate();
    if (best !== undefined) this.tree.setActiveTip(best);
    return this.tree.tip?.hash;
  }

  node(name: string): HeaderNode {
    const node = this.tree.get(name as BlockHash);
    if (node === undefined) throw new Error(`no block ${name}`);
    return node;
  }
}

describe('the best chain', () => {
  it('has the most work, not the most blocks', () => {
    const named = new NamedTree().blocks(null, 'g', 'a1', 'a2', 'a3');
    expect(named.activate()).toBe('a3');
    named.tree.addBody(named.header('b1', 'g', 10n));
    expect(named.activate()).toBe('b1');
  });

  it('is the one seen first on a tie: no miner gains by copying the height of the tip', () => {
    const named = new NamedTree().blocks(null, 'g', 'a1').blocks('g', 'b1');
    expect(named.activate()).toBe('a1');
    expect(named.tree.bestCandidate()).toBeUndefined();
    named.blocks('b1', 'b2');
    expect(named.activate()).toBe('b2');
  });

  it('"seen" means complete: a header without its body wins nothing', () => {
    const named = new NamedTree().blocks(null, 'g');
    const early = named.header('a1', 'g');
    named.blocks('g', 'b1');
    named.tree.addBody(early);
    expect(named.activate()).toBe('b1');
  });

  it('waits for missing bodies below, and takes all at once when they come', () => {
    const named = new NamedTree().blocks(null, 'g');
    const a1 = named.header('a1', 'g');
    named.blocks('a1', 'a2', 'a3');
    expect(named.activate()).toBe('g');
    expect(named.tree.statusOf(named.node('a3'))).toBe('headers-only');
    named.tree.addBody(a1);
    expect(named.activate()).toBe('a3');
  });

  it('may start from another genesis: two roots are a fork like any other', () => {
    const named = new NamedTree().blocks(null, 'g', 'a1').blocks(null, 'h', 'h1', 'h2');
    expect(named.activate()).toBe('h2');
    expect(forkPoint(named.node('a1'), named.node('h2'))).toBeNull();
    expect(named.tree.isActive(named.node('g'))).toBe(false);
  });
});

describe('what turns out wrong', () => {
  const fork = () => new NamedTree().blocks(null, 'g', 'a1', 'a2', 'a3').blocks('g', 'b1', 'b2');

  it('an invalid block takes all that builds on it with it, what comes later too', () => {
    const named = fork();
    named.tree.markInvalid(named.node('a2'), 'bad-cb-amount');
    expect(named.activate()).toBe('b2');
    expect(named.node('a3')).toMatchObject({ invalid: true, invalidReason: 'bad-cb-amount' });
    named.blocks('a3', 'a4', 'a5');
    expect(named.node('a5').invalid).toBe(true);
    expect(named.tree.bestCandidate()).toBeUndefined();
    expect(named.tree.statusOf(named.node('a5'))).toBe('invalid');
  });

  it('a body that was not the true one is dropped; the true one may still come', () => {
    const named = fork();
    named.tree.dropBody(named.node('a2'));
    expect(named.activate()).toBe('b2');
    expect(named.tree.statusOf(named.node('a3'))).toBe('headers-only');
    named.tree.addBody(named.node('a2'));
    expect(named.activate()).toBe('a3');
  });

  it('when the active tip itself goes bad, the best of the rest is next, though it has less work', () => {
    const named = fork();
    expect(named.activate()).toBe('a3');
    named.tree.markInvalid(named.node('a2'), 'bad-signature');
    expect(named.activate()).toBe('b2');
    named.tree.markInvalid(named.node('b1'), 'bad-signature');
    expect(named.activate()).toBe('a1');
  });

  it('going back to less work makes the branches count again that had been outdone', () => {
    const named = fork();
    expect(named.activate()).toBe('a3');
    named.tree.setActiveTip(named.node('a1'));
    expect(named.activate()).toBe('a3');
    named.tree.setActiveTip(null);
    expect([named.tree.tip, named.activate()]).toEqual([null, 'a3']);
  });

  it('a loose header can be forgotten, one that carries others cannot', () => {
    const named = fork();
    named.activate();
    named.header('c1', 'b2');
    named.tree.removeLeaf(named.node('c1'));
    expect(named.tree.get('c1' as BlockHash)).toBeUndefined();
    expect(named.tree.tips().map(({ hash }) => hash)).toEqual(['a3', 'b2']);
    expect(() => named.tree.removeLeaf(named.node('b1'))).toThrow(/invariant/);
    expect(() => named.tree.removeLeaf(named.node('a3'))).toThrow(/invariant/);
  });
});

describe('views', () => {
  it('tips: most work first, then complete ones, then the one seen first', () => {
    const named = new NamedTree().blocks(null, 'g', 'a1', 'a2').blocks('a1', 'b2');
    named.header('h2', 'a1');
    named.header('h9', 'a1', 9n);
    named.activate();
    expect(named.tree.tips().map(({ hash }) => hash)).toEqual(['h9', 'a2', 'b2', 'h2']);
    expect(named.tree.tips().map((tip) => named.tree.statusOf(tip))).toEqual([
      'headers-only',
      'active',
      'valid-fork',
      'headers-only',
    ]);
  });

  it('a header that is known is not added twice', () => {
    const named = new NamedTree().blocks(null, 'g');
    expect(named.header('g', null)).toBe(named.node('g'));
    expect(named.tree.size).toBe(1);
    expect(() => named.header('x', 'nobody')).toThrow(/invariant: parent of x/);
  });

  it('locators find where two chains part', () => {
    const names = Array.from({ length: 40 }, (_, i) => `a${i}`);
    const ours = new NamedTree().blocks(null, ...names).blocks('a20', 'b21', 'b22');
    ours.activate();
    expect(ours.tree.locator()[0]).toBe('a39');
    expect(ours.tree.locator().at(-1)).toBe('a0');
    expect(ours.tree.findFork(['zz', 'b22', 'a18', 'a0'] as BlockHash[])?.hash).toBe('a18');
    expect(ours.tree.findFork(['zz'] as BlockHash[])).toBeNull();
    expect(new HeaderTree().locator()).toEqual([]);
  });
});

/** Random trees: every number picks a parent, mostly the block before, so that long chains come about. */
const anyParents = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat()), {
  minLength: 1,
  maxLength: 150,
});

function growTree(parents: readonly (readonly [number, number])[]): {
  tree: HeaderTree;
  nodes: HeaderNode[];
} {
  const named = new NamedTree();
  const nodes: HeaderNode[] = [];
  for (const [i, [jump, pick]] of parents.entries()) {
    const parent =
      i === 0 || (jump === 0 && pick % 8 === 0) ? null : jump < 2 ? nodes[pick % i]! : nodes[i - 1]!;
    nodes.push(named.header(`n${i}`, parent === null ? null : parent.hash, BigInt((pick % 3) + 1)));
  }
  return { tree: named.tree, nodes };
}

const walk = (node: HeaderNode | null): HeaderNode[] => {
  const path: HeaderNode[] = [];
  for (let at = node; at !== null; at = at.parent) path.push(at);
  return path;
};

describe('against a naive walk', () => {
  it('ancestors, forks and paths', () => {
    fc.assert(
      fc.property(anyParents, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }), (parents, pairs) => {
        const { nodes } = growTree(parents);
        for (const [x, y] of pairs) {
          const [a, b] = [nodes[x % nodes.length]!, nodes[y % nodes.length]!];
          const [ofA, ofB] = [walk(a), walk(b)];
          expect(ancestorAt(a, b.height)).toBe(ofA.find(({ height }) => height === b.height) ?? null);
          const fork = ofA.find((node) => ofB.includes(node)) ?? null;
          expect(forkPoint(a, b)).toBe(fork);
          expect(pathBetween(fork, b)).toEqual(
            ofB.slice(0, fork === null ? ofB.length : ofB.indexOf(fork)).reverse(),
          );
        }
      }),
    );
  });

  it('skip pointers: few steps however deep the chain', () => {
    const named = new NamedTree();
    for (let i = 0; i < 20_000; i++) named.header(`n${i}`, i === 0 ? null : `n${i - 1}`);
    const tip = named.node('n19999');
    for (const height of [0, 1, 2, 3, 4095, 4096, 9999, 12_345, 19_998, 19_999]) {
      expect(ancestorAt(tip, height)).toBe(named.node(`n${height}`));
    }
    expect([ancestorAt(tip, -1), ancestorAt(tip, 20_000), ancestorAt(null, 0)]).toEqual([null, null, null]);
    let steps = 0;
    for (let at: HeaderNode | null = tip; at !== null && at.height > 0; at = at.skip) steps++;
    expect(steps).toBeLessThan(20);
  });

  it('the best candidate, whatever happens to the blocks', () => {
    const anyStep = fc.record({
      kind: fc.constantFrom(
        'body',
        'body',
        'body',
        'body',
        'drop',
        'invalid',
        'remove',
        'activate',
        'activate',
        'goto',
      ),
      pick: fc.nat(),
    });
    fc.assert(
      fc.property(anyParents, fc.array(anyStep, { minLength: 10, maxLength: 80 }), (parents, steps) => {
        const { tree, nodes } = growTree(parents.slice(0, 25));
        // The naive model: which bodies are here, who is invalid, and in which step a block became linked.
        const bodies = new Set<HeaderNode>();
        const invalid = new Set<HeaderNode>();
        const linkedSince = new Map<HeaderNode, number>();
        let alive = [...nodes];

        for (const [step, { kind, pick }] of steps.entries()) {
          const node = alive[pick % alive.length];
          if (node === undefined) break;
          if (kind === 'body') {
            bodies.add(node);
            tree.addBody(node);
          } else if (kind === 'drop') {
            bodies.delete(node);
            tree.dropBody(node);
          } else if (kind === 'invalid' && pick % 3 === 0) {
            invalid.add(node);
            tree.markInvalid(node, 'bad-cb-amount');
          } else if (kind === 'remove' && node.children.length === 0 && !tree.isActive(node)) {
            alive = alive.filter((other) => other !== node);
            tree.removeLeaf(node);
          } else if (kind === 'activate') {
            const best = tree.bestCandidate();
            if (best !== undefined) tree.setActiveTip(best);
          } else if (kind === 'goto' && node.linked) {
            tree.setActiveTip(node);
          }

          const isInvalid = (one: HeaderNode): boolean => walk(one).some((below) => invalid.has(below));
          const isLinked = (one: HeaderNode): boolean =>
            walk(one).every((below) => bodies.has(below)) && !isInvalid(one);
          for (const one of alive) {
            if (!isLinked(one)) linkedSince.delete(one);
            else if (!linkedSince.has(one)) linkedSince.set(one, step);
            expect(one.linked).toBe(isLinked(one));
            expect(one.invalid).toBe(isInvalid(one));
          }
          const tip = tree.tip;
          const mustBeat = tip !== null && isLinked(tip) ? tip.chainWork : -1n;
          const choice = alive.filter((one) => isLinked(one) && one.chainWork > mustBeat);
          const most = choice.reduce((work, one) => (one.chainWork > work ? one.chainWork : work), -1n);
          const first = Math.min(
            ...choice.filter((one) => one.chainWork === most).map((one) => linkedSince.get(one)!),
          );
          const best = tree.bestCandidate();
          expect(best?.chainWork ?? -1n).toBe(most);
          if (best !== undefined) expect(linkedSince.get(best)).toBe(first);
          expect(new Set(tree.tips())).toEqual(new Set(alive.filter((one) => one.children.length === 0)));
          expect(walk(tip).every((one) => tree.isActive(one) && tree.activeAt(one.height) === one)).toBe(
            true,
          );
          for (const one of alive) expect(tree.forkFromActive(one)).toBe(forkPoint(one, tip));
        }
      }),
      { numRuns: 150 },
    );
  });
});
