/**
 * The kernel that is obviously right, and about ten times slower than need be: hash the whole header for every nonce.
 * The others are held against it.
 */
import { checkScan, type HashJob, type HashKernel, nonceWorks, type ScanResult } from './hash-kernel.ts';

export const referenceKernel: HashKernel = {
  name: 'reference',
  scan(job: HashJob, firstNonce: number, count: number): ScanResult {
    checkScan(job, firstNonce, count);
    for (let done = 0; done < count; done++) {
      if (nonceWorks(job, firstNonce + done)) return { nonce: firstNonce + done, hashesDone: done + 1 };
    }
    return { nonce: undefined, hashesDone: count };
  },
};
