/**
 * The network's sums, for Prometheus. They are counted where things happen, and read at the moment of asking.
 */
import { Counter, type Registry } from 'prom-client';
import type { NetworkCounters } from '../network/index.ts';

export function addNetworkCounters(registry: Registry, counters: NetworkCounters): void {
  const counter = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    read: () => Iterable<readonly [labels: Record<L, string>, value: number]>,
  ): void => {
    new Counter({
      name: `mini_bitcoin_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  };
  counter('p2p_bytes_total', 'Bytes of bodies that nodes exchanged with this one', ['direction'], () =>
    Object.entries(counters.bytesTotal).map(([direction, bytes]) => [{ direction }, bytes]),
  );
  counter(
    'p2p_messages_total',
    'Messages between nodes; a message and its answer are one',
    ['message', 'direction'],
    () =>
      [...counters.messages].map(([key, count]) => {
        const [message = '', direction = ''] = key.split(' ');
        return [{ message, direction }, count];
      }),
  );
  counter('compact_blocks_total', 'Announced blocks by how they came', ['outcome'], () =>
    Object.entries(counters.compactBlocks).map(([outcome, count]) => [{ outcome }, count]),
  );
  counter('peer_misbehaviour_total', 'What peers did wrong', ['offence'], () =>
    [...counters.offences].map(([offence, count]) => [{ offence }, count]),
  );
  counter('bans_total', 'Peers that were banned, by themselves or by the owner', [], () => [
    [{}, counters.bans],
  ]);
}
