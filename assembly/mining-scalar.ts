/** The mining kernel for engines without SIMD: one nonce at a time, the same source. */
import { scanFor } from './mining-scan';
import { HEADER } from './mining-tables';

/** Where the caller writes the 108 bytes of the header. */
export function headerAddress(): usize {
  return HEADER;
}

/** See mining-scan.ts. */
export function scan(first: u32, count: u32, limit: u32): u32 {
  return scanFor<u32>(first, count, limit);
}
