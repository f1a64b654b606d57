/** How far somebody is with the lessons, as it is kept in the browser. */

export interface LessonProgress {
  /** Names of steps. */
  readonly done: readonly string[];
  /** What later steps want to know of earlier ones, such as the txid of a payment. Never a private key. */
  readonly notes: Readonly<Record<string, string>>;
}

/** By the id of the lesson. */
export type Progress = Readonly<Record<string, LessonProgress>>;

export const NOTHING_DONE: LessonProgress = { done: [], notes: {} };
const VERSION = 1;

/** What cannot be read, or is of another version, is nothing: then the lessons begin anew. */
export function readProgress(text: string | undefined): Progress {
  try {
    const kept: unknown = JSON.parse(text ?? '');
    if (!isObject(kept) || kept['v'] !== VERSION || !isObject(kept['lessons'])) return {};
    return Object.fromEntries(
      Object.entries(kept['lessons']).flatMap(([id, lesson]) =>
        isLessonProgress(lesson) ? [[id, lesson] as const] : [],
      ),
    );
  } catch {
    return {};
  }
}

/**
 * What a change starts from: what is kept, since another tab may have written in between.
 * @param kept undefined where the browser keeps nothing: then what this page knows is all there is
 */
export function latestProgress(kept: string | undefined, here: Progress): Progress {
  return kept === undefined ? here : readProgress(kept);
}

export function writeProgress(lessons: Progress): string {
  return JSON.stringify({ v: VERSION, lessons });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLessonProgress(value: unknown): value is LessonProgress {
  if (!isObject(value) || !Array.isArray(value['done']) || !isObject(value['notes'])) return false;
  const isText = (item: unknown): boolean => typeof item === 'string';
  return value['done'].every(isText) && Object.values(value['notes']).every(isText);
}
