/**
 * A node, as `mini-bitcoin node` starts it, that tells the process which started it what happens inside, and when. Standing
 * in the node is the only way to know the moment: logs have whole milliseconds, and asking again and again disturbs.
 *
 * The node is the built one in dist/, settings come from the environment. It lives as long as the one that started it.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as nodeModule from '../../src/node/index.ts';
import { ROOT } from '../frame/places.ts';
import { machineTimeMs } from './clock.ts';

/** What it tells; times as {@link machineTimeMs} gives them. */
export type NodeNews =
  | { readonly what: 'ready'; readonly atMs: number; readonly url: string }
  | { readonly what: 'block'; readonly atMs: number; readonly hash: string; readonly height: number }
  | { readonly what: 'transaction'; readonly atMs: number; readonly txid: string }
  /** When asked: CPU time of all its threads since the start. */
  | { readonly what: 'cpu'; readonly ms: number };

/** What it is asked. */
export type NodeQuestion = 'cpu';

const { loadConfig, startNode } = (await import(
  pathToFileURL(join(ROOT, 'dist', 'node', 'index.js')).href
)) as typeof nodeModule;

const tell = (news: NodeNews): void => void process.send?.(news);

const loaded = loadConfig({ flags: {}, env: process.env, cwd: process.cwd() });
if (!loaded.ok) throw new Error(loaded.mistakes.join('; '));
const node = await startNode(loaded.config);
const { chain, mempool } = node.services;
chain.events.subscribe((event) => {
  if (event.type !== 'tip-changed') return;
  const atMs = machineTimeMs();
  for (const { hash, height } of event.connected) tell({ what: 'block', atMs, hash, height });
});
mempool.events.subscribe((event) => {
  if (event.type === 'accepted') tell({ what: 'transaction', atMs: machineTimeMs(), txid: event.entry.txid });
});
tell({ what: 'ready', atMs: machineTimeMs(), url: node.url });

const stop = (): void => {
  node.close().catch(() => undefined); // what goes wrong is in the log
};
process.on('message', (question: NodeQuestion) => {
  const { user, system } = process.cpuUsage();
  tell({ what: question, ms: (user + system) / 1_000 });
});
process.on('SIGTERM', stop);
process.on('disconnect', stop);
const failure = await node.ended;
if (process.connected) process.disconnect();
if (failure !== undefined) throw failure;
