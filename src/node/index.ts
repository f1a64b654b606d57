/** A whole node: see node.ts. */
export * from './chain-params-guard.ts';
export * from './config-options.ts';
export * from './config.ts';
export * from './logging.ts';
export * from './node.ts';
export * from './verifier.ts';
