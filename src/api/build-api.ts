/**
 * Puts the API together: limits and guards first, then routes by area.
 *
 * Order for every request: is it too long? → are we its host, is it from another site? → has its address asked too
 * often? → is a block being connected? → route: is the caller the owner, where one is wanted? → body → schema → handler.
 */
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { checkOrigin, isFromThisMachine, requireOwner } from './access.ts';
import { putBlocksFirst } from './blocks-first.ts';
import { installBodyParsers } from './body-parsing.ts';
import { installDashboard } from './dashboard.ts';
import { EventService } from './events/event-service.ts';
import { asyncApiRoute } from './asyncapi.ts';
import { answerClientError, answerError, installErrorAnswers } from './error-answers.ts';
import { type ApiLimits, defaultLimits, limitConnections, serverOptions } from './limits.ts';
import { NodeMetrics } from './metrics.ts';
import { installDocs, installOpenApi } from './openapi.ts';
import { refusal } from './refusal.ts';
import { compileValidator } from './request-values.ts';
import type { Api, RouteContext } from './route-context.ts';
import { addressRoutes } from './routes/addresses.ts';
import { blockRoutes } from './routes/blocks.ts';
import { chainTreeRoute } from './routes/chain-tree.ts';
import { chainRoutes } from './routes/chain.ts';
import { eventRoutes } from './routes/events.ts';
import { mempoolRoutes } from './routes/mempool.ts';
import { mempoolTemplateRoutes } from './routes/mempool-template.ts';
import { miningRoutes } from './routes/mining.ts';
import { p2pRoutes } from './routes/p2p.ts';
import { peerMessageRoute } from './routes/peer-messages.ts';
import { peerRoutes } from './routes/peers.ts';
import { sandboxRoutes } from './routes/sandbox.ts';
import { statisticsRoutes } from './routes/statistics.ts';
import { systemRoutes } from './routes/system.ts';
import { transactionRoutes } from './routes/transactions.ts';
import { ServedBlocks } from './served-blocks.ts';
import type { ApiOptions, ApiServices } from './services.ts';
import { ApiRequest } from './upgrades.ts';

const MINUTE_MS = 60_000;

/** The API of a node, ready to `listen` (or to `inject`). `close()` lets requests under way finish. */
export async function buildApi(services: ApiServices, options: ApiOptions): Promise<FastifyInstance> {
  const limits: ApiLimits = {
    ...defaultLimits(services.chain.params.maxBlockSizeBytes),
    ...options.limits,
  };
  const app = Fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all: a failure is logged under a number of its own, so a child for every request would serve nobody.
    childLoggerFactory: (logger) => logger,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    // Our own answer, in our own shape, comes from the hook below.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 256 },
    frameworkErrors: (error, request, reply) => {
      void answerError(error, request, reply);
    },
    clientErrorHandler: (error, socket) => answerClientError(error, socket),
    http: { ...serverOptions(limits), IncomingMessage: ApiRequest },
    // Never believe X-Forwarded-For.
    trustProxy: false,
  });
  limitConnections(app.server, limits);
  installErrorAnswers(app);
  installBodyParsers(app, limits);
  app.setValidatorCompiler(compileValidator as never);
  // The answers are plain objects made for JSON; tests hold them against their schemas.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));

  const metrics = new NodeMetrics(services);
  const closing = installClosing(app, limits, metrics);
  // Before the guards: it ends the connection of a request that they refuse.
  await app.register(websocket, {
    options: { maxPayload: limits.eventMessageBytes, perMessageDeflate: false },
    // Ours closes them, and says why.
    preClose: (done) => done(),
  });
  await installGuards(app, limits, options, metrics);
  installDashboard(app, options.dashboard);
  putBlocksFirst(app, services.chain);
  await installOpenApi(app, services.info.version);

  const servedBlocks = new ServedBlocks(services.chain, services.store);
  const events = new EventService(services, servedBlocks, limits, (error) =>
    app.log.error({ err: error }, 'a snapshot for an event client could not be made'),
  );
  app.addHook('preClose', async () => events.close());
  metrics.watchEvents(events);

  const context: RouteContext = {
    services,
    servedBlocks,
    limits,
    ownerOnly: requireOwner(options.access),
    closing,
  };
  const api: Api = app.withTypeProvider();
  systemRoutes(api, context, metrics);
  chainRoutes(api, context);
  chainTreeRoute(api, context);
  blockRoutes(api, context);
  transactionRoutes(api, context);
  addressRoutes(api, context);
  mempoolRoutes(api, context);
  mempoolTemplateRoutes(api, context);
  miningRoutes(api, context);
  sandboxRoutes(api, context);
  peerRoutes(api, context);
  peerMessageRoute(api, context);
  p2pRoutes(api, context);
  statisticsRoutes(api, context);
  eventRoutes(api, context, events);
  asyncApiRoute(api, services.info.version);
  await installDocs(app);
  await app.ready();
  return app;
}

/**
 * Hooks that every request passes, in this order; also for paths that do not exist. They call back instead of returning a
 * promise wherever there is nothing to wait for: for `/health` the promises of all hooks were a tenth of the work.
 */
async function installGuards(
  app: FastifyInstance,
  limits: ApiLimits,
  options: ApiOptions,
  metrics: NodeMetrics,
): Promise<void> {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
    });
    if (request.url.length > limits.urlLength) {
      throw refusal(414, 'uri-too-long', `path and query may have ${limits.urlLength} characters`);
    }
    done();
  });
  app.addHook('onRequest', checkOrigin(options.access));

  await app.register(rateLimit, { global: false });
  const limiter = (max: number): { max: number; count: ReturnType<typeof app.createRateLimit> } => ({
    max,
    count: app.createRateLimit({ max, timeWindow: MINUTE_MS }),
  });
  const forEverybody = limiter(limits.requestsPerMinute);
  const forNodes = limiter(limits.p2pRequestsPerMinute);
  const limitRate = async (request: FastifyRequest): Promise<void> => {
    const { max, count } = request.url.startsWith('/p2p/') ? forNodes : forEverybody;
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return;
    throw refusal(429, 'rate-limited', `at most ${max} requests a minute are answered`, {
      headers: { 'retry-after': String(Math.max(1, counted.ttlInSeconds)) },
    });
  };
  app.addHook('onRequest', (request, _reply, done) => {
    if (isFromThisMachine(request)) done();
    else limitRate(request).then(() => done(), done);
  });

  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime);
    done();
  });
}

/** Closing: no new requests, searches end at once, slow readers are cut off after a while. */
function installClosing(app: FastifyInstance, limits: ApiLimits, metrics: NodeMetrics): AbortSignal {
  const searches = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onRequest', (request, _reply, done) => {
    if (searches.signal.aborted && request.routeOptions.url !== '/ready')
      throw refusal(503, 'stopping', 'the node is stopping', { headers: { connection: 'close' } });
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // A connection that stays open would keep the node from stopping.
    if (searches.signal.aborted) void reply.header('connection', 'close');
    done();
  });
  app.addHook('preClose', async () => {
    searches.abort();
    timer = setTimeout(() => {
      app.server.closeAllConnections();
      // The server knows nothing of connections that have changed over.
      for (const socket of app.websocketServer.clients) socket.terminate();
    }, limits.closeGraceMs);
    timer.unref();
  });
  app.addHook('onClose', async () => {
    clearTimeout(timer);
    metrics.close();
  });
  return searches.signal;
}
