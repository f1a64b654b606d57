/** All lessons, in the order in which they are best done. A new one is an entry here and a folder of its own. */
import type { Component } from 'svelte';

interface LessonWords {
  readonly title: string;
  /** One sentence. */
  readonly about: string;
}

export interface Lesson {
  /** In its address: /learn/id. */
  readonly id: string;
  readonly minutes: number;
  /** What should be done before; nobody is kept out. */
  readonly needs: readonly string[];
  /** Names of its steps, in order. Progress is kept by them, so they stay as they are. */
  readonly steps: readonly string[];
  readonly words: Readonly<Record<'en' | 'de', LessonWords>>;
  readonly load: () => Promise<{ default: Component }>;
}

export const LESSONS: readonly Lesson[] = [
  {
    id: 'hash',
    minutes: 3,
    needs: [],
    steps: ['change', 'find'],
    words: {
      en: { title: 'Hash', about: 'A fingerprint of any text: easy to make, impossible to wish for.' },
      de: { title: 'Hash', about: 'Ein Fingerabdruck jedes Textes: leicht gemacht, nie nach Wunsch.' },
    },
    load: () => import('./hash/HashLesson.svelte'),
  },
];

export function lessonOf(id: string): Lesson | undefined {
  return LESSONS.find((lesson) => lesson.id === id);
}
