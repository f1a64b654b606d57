// How the dashboard is built: `scripts/ready/builds.mjs` calls this with the output folder.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  build: {
    target: 'es2023',
    // Names with hashes in one flat folder: what is served under a name never changes.
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    emptyOutDir: true,
    // Every browser that knows light-dark() knows modulepreload.
    modulePreload: { polyfill: false },
    // For the budgets, and for the node to know its entry.
    manifest: 'manifest.json',
    reportCompressedSize: false,
  },
  // `npx vite --config dashboard/vite.config.mjs` shows changes at once, with the data of a node that runs.
  server: {
    proxy: Object.fromEntries(
      ['/ws', '/health', '/params', '/chain', '/tx', '/mine', '/mining', '/mempool', '/balance'].map(
        (path) => [path, { target: 'http://127.0.0.1:8000', ws: path === '/ws' }],
      ),
    ),
  },
});
