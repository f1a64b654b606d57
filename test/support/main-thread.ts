/** What the main threads of pages do, as the browser itself traces it. */
import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** When it began, in microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Time that the thread had a processor, in microseconds: waiting for one, on a busy machine, is not in it. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

export interface Task {
  /** Milliseconds of processor time. */
  readonly ms: number;
  /** What took most of it: for whoever has to find out why it was long. */
  readonly parts: readonly string[];
}

const PART_MS = 10;

/** Tasks of pages' main threads while `work` goes on. */
export async function mainThreadTasks(page: Page, work: () => Promise<void>): Promise<Task[]> {
  const browser = page.context().browser() as Browser;
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const onMain = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && mains.has(`${pid}/${tid}`));
  const long = onMain.filter(({ tdur = 0 }) => tdur >= PART_MS * 1_000);
  return onMain
    .filter(({ name }) => name.endsWith('RunTask'))
    .map(({ tid, ts, dur = 0, tdur = 0 }) => ({
      ms: tdur / 1_000,
      parts: long
        .filter((part) => part.tid === tid && part.ts >= ts && part.ts < ts + dur)
        .map((part) => `${part.name} ${Math.round((part.tdur ?? 0) / 1_000)}`),
    }));
}
