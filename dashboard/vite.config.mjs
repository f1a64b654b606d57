// How the dashboard is built: `scripts/ready/builds.mjs` calls this with the output folder.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const NODE = 'http://127.0.0.1:8000';

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
  // Threads that hash: modules, so that a kernel is a file of its own.
  worker: { format: 'es' },
  // `npx vite --config dashboard/vite.config.mjs` shows changes at once, with the data of a node that runs.
  server: {
    proxy: {
      '/ws': { target: NODE, ws: true },
      // Some addresses are pages, too: those are for vite.
      '^/(health|params|chain|blocks?|headers|tx|coins|mine|mining|mempool|balance|utxos|address|peers|sync)\\b':
        {
          target: NODE,
          bypass: (request) => (request.headers.accept?.startsWith('text/html') ? '/index.html' : undefined),
        },
    },
  },
});
