/** Each page is a file of its own, loaded when it is first visited. */
import type { Component } from 'svelte';
import type { PageName } from './routes.ts';

type Loader = () => Promise<{ default: Component }>;

export const PAGES: Record<PageName, Loader> = {
  chain: () => import('../chain/ChainPage.svelte'),
  block: () => import('../block/BlockPage.svelte'),
  learn: () => import('../learn/LearnPage.svelte'),
  tx: () => import('../tx/TxPage.svelte'),
  charts: () => import('../charts/ChartsPage.svelte'),
  address: () => import('../address/AddressPage.svelte'),
  mempool: () => import('../mempool/MempoolPage.svelte'),
  mine: () => import('../mine/MinePage.svelte'),
  wallet: () => import('../wallet/WalletPage.svelte'),
  tools: () => import('../tools/ToolsPage.svelte'),
  api: () => import('../api-page/ApiPage.svelte'),
  network: () => import('../network/NetworkPage.svelte'),
};

/** Those that the header names, in its order. */
export const NAVIGATION = [
  'chain',
  'mempool',
  'mine',
  'network',
  'charts',
  'wallet',
  'learn',
  'tools',
  'api',
] as const;
