/** The mining kernel for processors with 128-bit vectors: four nonces at a time. */
import { scanFor } from './mining-scan';
import { HEADER } from './mining-tables';

/** Where the caller writes the 108 bytes of the header. */
export function headerAddress(): usize {
  return HEADER;
}

/** See mining-scan.ts. */
export function scan(first: u32, count: u32, limit: u32): u32 {
  return scanFor<v128>(first, count, limit);
}
