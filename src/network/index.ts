/** The network between nodes. */
export * from './peer-client.ts';
export * from './peer-manager.ts';
export * from './peer-url.ts';
export type * from './ports.ts';
