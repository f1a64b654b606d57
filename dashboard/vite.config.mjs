// How the dashboard is built: `scripts/ready/builds.mjs` calls this with the output folder.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { catalogueFiles } from './catalogue-files.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const NODE = 'http://127.0.0.1:8000';

/**
 * WebAssembly stands in the node's code as base64. In the page a file is better: smaller, not parsed as a script, loaded by the
 * miner alone. The module of hashing is left out: for what a page hashes, JavaScript will do.
 */
const wasmAsFiles = {
  name: 'wasm-as-files',
  apply: 'build',
  transform(code, id) {
    const [, name] = /\/([\w-]+)\.wasm\.ts$/.exec(id) ?? [];
    if (name === undefined) return null;
    if (name === 'hashing') return { code: `export default '';`, map: null };
    const [, base64] = /['"`]([\w+/=]{100,})['"`]/.exec(code) ?? [];
    const file = this.emitFile({
      type: 'asset',
      name: `${name}.wasm`,
      source: Buffer.from(base64, 'base64'),
    });
    return {
      code: `const answer = await fetch(import.meta.ROLLUP_FILE_URL_${file});
const bytes = new Uint8Array(await answer.arrayBuffer());
export default btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));`,
      map: null,
    };
  },
};

/** Each component's styles are marked with a class of two characters: it stands at each element and in each rule. */
const components = readdirSync(`${HERE}src`, { recursive: true })
  .filter((file) => file.endsWith('.svelte'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

function styleName({ filename, css, hash }) {
  const index = components.findIndex((file) =>
    filename.replaceAll('\\', '/').endsWith(`dashboard/src/${file}`),
  );
  // The checker of types asks for a file that is nowhere.
  if (index < 0) return `svelte-${hash(css)}`;
  // A letter and a digit: no class that somebody wrote looks like that.
  const letter = String.fromCharCode('a'.charCodeAt(0) + index / 10);
  if (letter > 'z') throw new Error('there are more components than names for their styles');
  return `${letter}${index % 10}`;
}

export default defineConfig({
  root: HERE,
  plugins: [
    wasmAsFiles,
    catalogueFiles,
    svelte({
      configFile: false,
      compilerOptions: {
        runes: true,
        discloseVersion: false,
        cssHash: styleName,
      },
    }),
  ],
  build: {
    target: 'es2023',
    // Names with hashes in one flat folder: what is served under a name never changes.
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    emptyOutDir: true,
    // All styles are a tenth of the scripts, and alike: together they pack to half.
    cssCodeSplit: false,
    rolldownOptions: {
      treeshake: {
        moduleSideEffects: [{ test: /node_modules.svelte.*bindings.select/, sideEffects: false }],
      },
      output: {
        // The first page has the names of all others in it.
        chunkFileNames: 'assets/[name]-[hash:7].js',
        // Dozens of crumbs pack badly: what is often wanted together is one file.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              name: 'start',
              test: /preload-helper|node_modules.(svelte(?!.*bindings.select)|clsx)|dashboard.src.(app.(?!search)|i18n|chain.tree-layout|parts.(Header|Search|Connection|Loading|NotYet|Problem|NotFound))|src.protocol.(client|client-errors|event-client|events|node-calls|transport)\.ts/,
            },
            {
              name: 'parts',
              test: /dashboard.src.parts.(Choice|clipboard|coin-text|Copy|late|Lazy|spoiled-copy)\./,
            },
            { name: 'tool', test: /dashboard.src.tools.(Coming|Field|handed|readings|Rows)\./ },
            { name: 'lessons-network', test: /dashboard.src.learn.(sandbox|fork|attack)[/\\]/ },
            { name: 'lesson', test: /dashboard.src.learn.(Do|Step|Happened|Prose|prose|latest)\./ },
            {
              name: 'nonces',
              test: /dashboard.src.learn.nonce-search\.|src.mining.(hash-kernel|reference-kernel)\./,
            },
            { name: 'funds', test: /dashboard.src.learn.play.(?!purse)/ },
            { name: 'keys', test: /@noble.(curves|hashes.hmac)|src.wallet.keys\./ },
            {
              name: 'payment',
              test: /src.wallet.(payment|amount)\.|dashboard.src.(tools|learn.keys).curve\./,
            },
            { name: 'rules', test: /(?<!dashboard.)src.consensus.(check-.*|coins|signature|sighash)\./ },
            { name: 'dialogs', test: /dashboard.src.wallet.(DeleteKey|ExportKey|KeepKey)\./ },
            {
              name: 'byte-view',
              test: /dashboard.src.(parts.(Bytes|byte-view|bytes-words)|tx.(TxBytes|shown-fields)|block.HeaderBytes)/,
            },
            // Numbers and bytes: some need no more of the formats.
            { name: 'bytes', test: /(?<!dashboard.)src.consensus.(bytes|target|retarget)\./ },
            {
              name: 'formats',
              test: /(?<!dashboard.)src.consensus.(hash|hash-engine|hashing|web-assembly|header|transaction|decode|reasons|merkle|block|params|json-form)\.|@noble.hashes/,
            },
          ],
        },
      },
    },
    // Every browser that knows light-dark() knows modulepreload.
    modulePreload: { polyfill: false },
    // For the budgets, and for the node to know its entry.
    manifest: 'manifest.json',
    reportCompressedSize: false,
  },
  // Threads that hash: modules, so that a kernel is a file of its own.
  worker: { format: 'es', plugins: () => [wasmAsFiles] },
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
