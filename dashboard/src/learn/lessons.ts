/** All lessons, in the order in which they are best done. A new one is an entry here, a folder of its own, and its title in lesson-words.ts. */
import type { Component } from 'svelte';
import type { LessonId } from './lesson-words.ts';

export interface Lesson {
  /** In its address: /learn/id. */
  readonly id: LessonId;
  readonly minutes: number;
  /** What should be done before; nobody is kept out. */
  readonly needs: readonly LessonId[];
  /** Names of its steps, in order. Progress is kept by them, so they stay as they are. */
  readonly steps: readonly string[];
  readonly load: () => Promise<{ default: Component }>;
}

export const LESSONS: readonly Lesson[] = [
  {
    id: 'hash',
    minutes: 3,
    needs: [],
    steps: ['change', 'find'],
    load: () => import('./hash/HashLesson.svelte'),
  },
  {
    id: 'nonce-and-target',
    minutes: 4,
    needs: ['hash'],
    steps: ['hand', 'search', 'mine'],
    load: () => import('./nonce/NonceLesson.svelte'),
  },
  {
    id: 'block-and-chain',
    minutes: 5,
    needs: ['nonce-and-target'],
    steps: ['copy', 'tamper', 'repair', 'count'],
    load: () => import('./block/BlockLesson.svelte'),
  },
  {
    id: 'keys-and-signatures',
    minutes: 5,
    needs: ['hash'],
    steps: ['make', 'sign', 'alter', 'coins', 'refused'],
    load: () => import('./keys/KeysLesson.svelte'),
  },
  {
    id: 'coins-and-change',
    minutes: 4,
    needs: ['keys-and-signatures'],
    steps: ['coins', 'pay', 'look', 'sum'],
    load: () => import('./coins/CoinsLesson.svelte'),
  },
  {
    id: 'merkle-proof',
    minutes: 4,
    needs: ['coins-and-change'],
    steps: ['coins', 'pay', 'climb', 'corrupt'],
    load: () => import('./merkle/MerkleLesson.svelte'),
  },
  {
    id: 'mempool-and-fees',
    minutes: 4,
    needs: ['coins-and-change'],
    steps: ['coins', 'send', 'guess', 'mine'],
    load: () => import('./mempool/MempoolLesson.svelte'),
  },
  {
    id: 'double-spend',
    minutes: 5,
    needs: ['mempool-and-fees'],
    steps: ['coins', 'first', 'refused', 'replace', 'mine'],
    load: () => import('./double/DoubleLesson.svelte'),
  },
  {
    id: 'fork-and-reorg',
    minutes: 5,
    needs: ['block-and-chain'],
    steps: ['start', 'split', 'fork', 'guess', 'heal'],
    load: () => import('./fork/ForkLesson.svelte'),
  },
  {
    id: 'majority-attack',
    minutes: 8,
    needs: ['double-spend', 'fork-and-reorg'],
    steps: ['start', 'pay', 'secret', 'wait', 'overtake', 'publish', 'odds'],
    load: () => import('./attack/AttackLesson.svelte'),
  },
  {
    id: 'retarget',
    minutes: 5,
    needs: ['nonce-and-target'],
    steps: ['speed', 'clamp', 'own'],
    load: () => import('./retarget/RetargetLesson.svelte'),
  },
];

export function lessonOf(id: string): Lesson | undefined {
  return LESSONS.find((lesson) => lesson.id === id);
}
