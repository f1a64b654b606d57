/** Each tool is a file of its own, loaded when it is first used. */
import type { Component } from 'svelte';

type Loader = () => Promise<{ default: Component }>;

export const LOADERS = {
  hash: () => import('./Hash.svelte'),
  numbers: () => import('./Numbers.svelte'),
  address: () => import('./Address.svelte'),
  target: () => import('./Target.svelte'),
  merkle: () => import('./Merkle.svelte'),
  transaction: () => import('./TakeApart.svelte'),
  build: () => import('./Build.svelte'),
} satisfies Record<string, Loader>;

export type ToolName = keyof typeof LOADERS;

export const TOOLS = Object.keys(LOADERS) as ToolName[];
