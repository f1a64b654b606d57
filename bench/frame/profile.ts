/**
 * Where the time goes: CPU profiles of a benchmark, taken while it runs, and the functions that used the most. The files open in
 * the developer tools of a browser (Performance) and in editors.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { tableText } from './report.ts';

/** The part of a .cpuprofile file that we read. Times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

const MOST_FUNCTIONS = 15;
/** V8's own entries for "nothing to do". */
const WAITING = new Set(['(idle)', '(program)']);

/** Profiles this process while `work` runs, into a file of the folder. */
export async function profiled<T>(folder: string, name: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    const result = await work();
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
    return result;
  } finally {
    session.disconnect();
  }
}

/** For each profile of a folder, the functions in which the most time was spent. */
export function profilesText(folder: string): string {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .sort();
  return files.map((file) => `${file}:\n\n${hotFunctions(readProfile(join(folder, file)))}`).join('\n\n');
}

function readProfile(path: string): CpuProfile {
  return JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
}

function hotFunctions({ nodes, samples = [], timeDeltas = [] }: CpuProfile): string {
  const places = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      WAITING.has(functionName)
        ? undefined
        : `${functionName || '(anonymous)'} ${url === '' ? '' : `${url.split('/').slice(-3).join('/')}:${lineNumber + 1}`}`,
    ]),
  );
  const selfUs = new Map<string, number>();
  let busyUs = 0;
  for (const [index, id] of samples.entries()) {
    const place = places.get(id);
    if (place === undefined) continue;
    const us = timeDeltas[index] ?? 0;
    selfUs.set(place, (selfUs.get(place) ?? 0) + us);
    busyUs += us;
  }
  const rows = [...selfUs]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_FUNCTIONS)
    .map(([place, us]) => [place, `${((100 * us) / busyUs).toFixed(1)} %`, (us / 1_000).toFixed(0), '']);
  return tableText(['function (its own time, waiting left out)', 'share', 'ms', ''], rows);
}
