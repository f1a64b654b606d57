import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileKernel, type Kernel, KERNELS, moduleText } from '../../scripts/build-kernels.mjs';

const root = new URL('../../', import.meta.url);

test.each(KERNELS)('$target is what $source gives: npm run build:kernels', async (kernel: Kernel) => {
  const committed = readFileSync(new URL(kernel.target, root), 'utf8');
  expect(moduleText(kernel, await compileKernel(kernel))).toBe(committed);
});
