/** What the lessons share: how far one is, kept in this browser; and the lesson that is on the page. */
import { createContext } from 'svelte';
import { remember, remembered } from '../app/remembered.ts';
import type { Lesson } from './lessons.ts';
import {
  latestProgress,
  type LessonProgress,
  NOTHING_DONE,
  type Progress,
  readProgress,
  writeProgress,
} from './progress.ts';

class KeptProgress {
  lessons = $state.raw<Progress>(readProgress(remembered('lessons')));

  of(id: string): LessonProgress {
    return this.lessons[id] ?? NOTHING_DONE;
  }

  change(id: string, change: (now: LessonProgress) => LessonProgress): void {
    const latest = latestProgress(remembered('lessons'), this.lessons);
    this.lessons = { ...latest, [id]: change(latest[id] ?? NOTHING_DONE) };
    remember('lessons', writeProgress(this.lessons));
  }

  reset(): void {
    this.lessons = {};
    remember('lessons', writeProgress({}));
  }
}

export const progress = new KeptProgress();

/** Steps of a lesson that are done, in number. */
export function stepsDone(lesson: Lesson): number {
  const { done } = progress.of(lesson.id);
  return lesson.steps.filter((step) => done.includes(step)).length;
}

export function isDone(lesson: Lesson): boolean {
  return stepsDone(lesson) === lesson.steps.length;
}

/** One lesson as its components see it: `const run = useLesson()`. */
export class LessonRun {
  readonly lesson: Lesson;
  /** Grows when somebody starts anew: what the components know is of the round before. */
  round = $state(0);
  private readonly kept: LessonProgress = $derived.by(() => progress.of(this.lesson.id));
  /** The first step that is not done; all before it are. As many as there are steps when all are done. */
  readonly at: number = $derived.by(() => {
    const open = this.lesson.steps.findIndex((step) => !this.kept.done.includes(step));
    return open < 0 ? this.lesson.steps.length : open;
  });

  constructor(lesson: Lesson) {
    this.lesson = lesson;
  }

  /** Marks a step as done, for good: what the chain does later does not take it away. */
  finish(step: string): void {
    progress.change(this.lesson.id, (now) =>
      now.done.includes(step) ? now : { ...now, done: [...now.done, step] },
    );
  }

  /** What an earlier step wrote down. */
  note(name: string): string | undefined {
    return this.kept.notes[name];
  }

  /** Writes down, for later steps and later visits. */
  keep(name: string, value: string): void {
    progress.change(this.lesson.id, (now) => ({ ...now, notes: { ...now.notes, [name]: value } }));
  }

  startAnew(): void {
    this.round++;
    progress.change(this.lesson.id, () => NOTHING_DONE);
  }
}

export const [useLesson, provideLesson] = createContext<LessonRun>();
