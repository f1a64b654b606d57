/**
 * Where the compiled form of a module of this folder is. A worker thread of Node 20 loads JavaScript only: run from
 * `dist/` that is the neighbouring file; run from TypeScript source (vitest) it is its twin in `dist/`, which
 * `npm run build` must have made before.
 *
 * @param name file name without extension
 */
export function compiledUrl(name: string): URL {
  const here = import.meta.url;
  return here.endsWith('.ts')
    ? new URL(`../../../dist/storage/embedded/${name}.js`, here)
    : new URL(`./${name}.js`, here);
}
