/** The HTTP API of a node: see build-api.ts for how it is put together, services.ts for what it needs. */
export type { AccessOptions } from './access.ts';
export { buildApi } from './build-api.ts';
export { readDashboard } from './dashboard.ts';
export { type ApiLimits, defaultLimits } from './limits.ts';
export type { ApiOptions, ApiPeers, ApiServices, NodeInfo } from './services.ts';
