/**
 * Keys, addresses, and payments. Runs in Node and browsers; talks to nobody.
 */
export * from './amount.ts';
export * from './keys.ts';
export * from './payment.ts';
