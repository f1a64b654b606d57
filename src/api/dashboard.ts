/**
 * The dashboard: a page that the node itself serves, and the only one that may run scripts beside /docs.
 *
 * Its addresses are those that people type, and some of them are paths of the API, too (`/block/17`). A browser that goes
 * to one gets the page, a program gets JSON as ever; see {@link isNavigation}. Files come from a list that is read once,
 * so no request can name a path on the disk.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from './refusal.ts';

/** Addresses of pages. Some are of the API, too. */
export const PAGE_PATHS: readonly RegExp[] = [
  /^\/$/,
  /^\/(block|tx|address|learn)\/[^/]+\/?$/,
  /^\/(mempool|mine|network|charts|wallet|learn|tools|api)\/?$/,
];

/** Only this node, only files: no inline scripts or styles, and nothing may turn text into code or markup unseen. */
export const DASHBOARD_POLICY = [
  "default-src 'none'",
  // WebAssembly is compiled (hashing), text never is.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  // Covers WebSockets to the same origin.
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // Svelte makes its elements from templates that were compiled; its policy is the only way to markup. `own-worker` lets the
  // page start the one thread that hashes, and no other.
  'trusted-types svelte-trusted-html own-worker',
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
};
const ENCODINGS = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;

interface ServedFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
  /** Compressed forms, the smallest first. */
  readonly packed: readonly { readonly name: string; readonly bytes: Buffer }[];
}

/** The files of a build. */
export interface DashboardFiles {
  readonly page: ServedFile;
  /** By name, without a folder. */
  readonly assets: ReadonlyMap<string, ServedFile>;
}

/** Reads a build (`dist/dashboard`); undefined when there is none. */
export function readDashboard(folder: string): DashboardFiles | undefined {
  const page = readServed(folder, 'index.html');
  if (page === undefined) return undefined;
  const assets = new Map<string, ServedFile>();
  for (const name of readdirSync(join(folder, 'assets'))) {
    if (ENCODINGS.some(({ ending }) => name.endsWith(ending))) continue;
    const file = readServed(join(folder, 'assets'), name);
    if (file !== undefined) assets.set(name, file);
  }
  return { page, assets };
}

function readServed(folder: string, name: string): ServedFile | undefined {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  const bytes = readIfThere(join(folder, name));
  if (type === undefined || bytes === undefined) return undefined;
  const packed = ENCODINGS.flatMap(({ name: encoding, ending }) => {
    const found = readIfThere(join(folder, `${name}${ending}`));
    return found === undefined ? [] : [{ name: encoding, bytes: found }];
  });
  return { type, bytes, packed, etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22) };
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * True when a person's browser goes to this address. Browsers say so (`Sec-Fetch-Mode`), but only to hosts that they trust;
 * elsewhere we go by what is asked for first: a browser that navigates wants HTML, `fetch` and curl take anything.
 */
export function isNavigation(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const mode = request.headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  return /^\s*(text\/html|application\/xhtml\+xml)\s*(,|;|$)/i.test(request.headers.accept ?? '');
}

const MISSING =
  'The dashboard is not built here. `npm run build` in a checkout does that; the API is described at /docs.\n';

/** To be called after the guards and before the routes. */
export function installDashboard(app: FastifyInstance, files: DashboardFiles | undefined): void {
  app.addHook('onRequest', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const isPage = PAGE_PATHS.some((pattern) => pattern.test(path));
    // An address that is nobody's gets the page that says so, in the words of the page.
    if (!isPage && !request.is404) return done();
    void reply.header('vary', 'accept, sec-fetch-mode');
    if (!isNavigation(request)) return done();
    if (files !== undefined) {
      void reply.code(isPage ? 200 : 404).header('content-security-policy', DASHBOARD_POLICY);
      sendFile(request, reply, files.page, 'no-cache');
    } else if (path === '/') {
      void reply.code(503).type('text/plain; charset=utf-8').send(MISSING);
    } else done();
  });

  // Programs find the description of the API where people find the page.
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs', 302));

  app.get<{ Params: { name: string } }>(
    '/assets/:name',
    { schema: { hide: true } },
    (request, reply): FastifyReply => {
      const file = files?.assets.get(request.params.name);
      if (file === undefined) throw notFound('the dashboard has no such file');
      // Its name is made from its contents.
      return sendFile(request, reply, file, 'public, max-age=31536000, immutable');
    },
  );
}

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ServedFile,
  cacheControl: string,
): FastifyReply {
  const accepted = acceptedEncodings(request.headers['accept-encoding']);
  const packed = file.packed.find(({ name }) => accepted.has(name));
  // Each form has its own tag: caches between us must not take one for the other.
  const etag = `"${file.etag}${packed === undefined ? '' : `-${packed.name}`}"`;
  const vary = reply.getHeader('vary');
  void reply.headers({
    etag,
    'cache-control': cacheControl,
    vary: [vary, 'accept-encoding'].filter((part) => part !== undefined).join(', '),
  });
  const known = (request.headers['if-none-match'] ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag)) return reply.code(304).send();
  void reply.type(file.type);
  if (packed !== undefined) void reply.header('content-encoding', packed.name);
  return reply.send(packed?.bytes ?? file.bytes);
}

function acceptedEncodings(header: string | undefined): ReadonlySet<string> {
  const parts = (header ?? '').toLowerCase().split(',');
  return new Set(
    parts.filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part)).map((part) => part.split(';')[0]?.trim() ?? ''),
  );
}
