/** What a node says and understands: the schemas of every request and answer, and the client that speaks them. */
export * from './client-errors.ts';
export * from './client.ts';
export * from './event-client.ts';
export * from './schemas.ts';
export { type FetchFunction, normaliseBaseUrl } from './transport.ts';
export { addressInput, hashInput, refTo } from './fields.ts';
