/** Plain JavaScript (noble): right on every platform, some thirty times slower than the native engine. */
import { verifySignature } from '../wallet/index.ts';
import { hasRightLengths, type SignatureEngine } from './signature-engine.ts';

export function portableEngine(): SignatureEngine {
  return {
    name: 'noble (JavaScript)',
    kind: 'portable',
    checksAtOnce: 4,
    verify: (check) => hasRightLengths(check) && verifySignature(check),
  };
}
