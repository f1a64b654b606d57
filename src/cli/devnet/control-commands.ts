/** Carries out what a command in another terminal asks of a running devnet. */
import { availableParallelism } from 'node:os';
import { usageError } from '../cli-errors.ts';
import type { ControlRequest } from './control-messages.ts';
import type { Devnet } from './devnet.ts';
import { fitShares, parsePercent, parseShares } from './mining-plan.ts';
import { parseNodeList } from './partition.ts';

/** @returns a sentence. @throws CliError that says what is wrong with the request, or what went wrong */
export async function runCommand(devnet: Devnet, request: ControlRequest): Promise<string> {
  switch (request.command) {
    case 'status':
      return '';
    case 'heal':
      return devnet.heal();
    case 'partition':
      return devnet.partition(request.words);
    case 'start':
      return devnet.startNodes(numbersIn(devnet, request.words));
    case 'stop':
      return devnet.stopNodes(numbersIn(devnet, request.words));
    case 'kill':
      return devnet.stopNodes(numbersIn(devnet, request.words), 'kill');
    case 'mine':
      return mine(devnet, request.words, request.share);
  }
}

function numbersIn(devnet: Devnet, words: readonly string[]): number[] {
  const text = words.join(',');
  return text.trim().toLowerCase() === 'all'
    ? devnet.nodes.map(({ number }) => number)
    : parseNodeList(text.replace(/\s/g, ''), devnet.nodes.length);
}

/** `2 --share 50`, `all --share 20`, `2 off`, `off`, `all`. */
async function mine(devnet: Devnet, words: readonly string[], asked: string | undefined): Promise<string> {
  const nodes = devnet.nodes.length;
  const isOff = words.some((word) => word.toLowerCase() === 'off');
  if (isOff && asked !== undefined)
    throw usageError('"off" and --share are both given.', 'Give one of them.');
  const named = words.filter((word) => word.toLowerCase() !== 'off');
  const chosen = numbersIn(devnet, named.length === 0 ? ['all'] : named);
  const share = isOff
    ? 0
    : asked === undefined
      ? (parseShares(true, nodes)[0] ?? 0)
      : parsePercent(asked, '--share');
  const wanted = devnet.nodes.map((node) => (chosen.includes(node.number) ? share : node.share));
  const { shares, factor } = fitShares(wanted, availableParallelism());
  return `${await devnet.mine(shares)}${scaledText(factor)}`;
}

/** What to say of shares that were more than the machine can spare; empty when they were not. */
export function scaledText(factor: number): string {
  return factor === 1
    ? ''
    : ` (Shares were scaled by ${Number(factor.toFixed(2))}: this machine has ${availableParallelism()} processor threads, and one is left to everything else.)`;
}
