/**
 * Telling one process from another. A pid alone does not: it is reused, and inside a container the node is pid 1
 * every time. Linux gives what is missing: the start time of a process, the id of the boot, and the pid namespace
 * (two containers on one machine share the first two kinds of clock but not their pids).
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  readonly hostname: string;
  /** Start of the process in clock ticks since boot (field 22 of /proc/<pid>/stat); '' where the system has none. */
  readonly processStart: string;
  /** Random id of this boot of the machine; '' where the system has none. */
  readonly bootId: string;
  /** Which pid namespace (container) the pid belongs to; '' where the system has none. */
  readonly pidNamespace: string;
}

export type Liveness = 'alive' | 'dead' | 'unknown';

/** The identity of the calling process. */
export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    hostname: hostname(),
    processStart: readProcessStat(process.pid)?.start ?? '',
    bootId: readOrEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: readOrEmpty(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/**
 * Whether `other` still runs, as far as its pid can tell. `unknown` when its pid means nothing here (another host,
 * container or boot) or cannot be told from a reused one: then only its heartbeat can say.
 */
export function judgeByPid(other: ProcessIdentity, self: ProcessIdentity): Liveness {
  const samePids =
    other.hostname === self.hostname &&
    other.bootId === self.bootId &&
    other.pidNamespace === self.pidNamespace;
  if (!samePids) return 'unknown';
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return 'dead';
  }
  const stat = readProcessStat(other.pid);
  if (stat === undefined || other.processStart === '') return 'unknown';
  // A zombie answers to kill() but runs no more; its parent only has not collected it yet.
  if (stat.state === 'Z' || stat.state === 'X') return 'dead';
  return stat.start === other.processStart ? 'alive' : 'dead';
}

function readProcessStat(pid: number): { state: string; start: string } | undefined {
  const line = readOrEmpty(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const [state, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const start = rest[18]; // state is field 3, so field 22 is the 19th after it
  return state !== undefined && start !== undefined ? { state, start } : undefined;
}

function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
