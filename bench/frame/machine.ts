/** Where figures come from: without it they mean little. */
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly platform: string;
  readonly node: string;
  /** Average number of waiting processes in the minute before: well above 0 means that others are at work here, too. */
  readonly loadBefore: number;
  /** UTC, by this machine's clock. */
  readonly date: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    // Version of the system, not the build of it.
    platform: `${type()} ${release().split('.').slice(0, 2).join('.')} ${process.arch}`,
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    date: new Date().toISOString(),
  };
}

export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGb, platform, node, loadBefore, date } = machine;
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}, load ${loadBefore} before, ${date}`;
}
