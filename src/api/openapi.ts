/**
 * The OpenAPI 3.1 document, made from the same schemas that requests are checked by, and a page to browse it.
 */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { BYTES_TYPE } from './body-parsing.ts';
import { NAMED_SCHEMAS } from '../protocol/index.ts';

const TAGS = [
  { name: 'node', description: 'How the node is.' },
  { name: 'chain', description: 'The chain as a whole.' },
  { name: 'blocks', description: 'Blocks and headers.' },
  { name: 'transactions', description: 'Transactions and coins.' },
  { name: 'addresses', description: 'What addresses have and did.' },
  { name: 'statistics', description: 'Figures over many blocks and coins.' },
  { name: 'mempool', description: 'What waits for a block.' },
  { name: 'mining', description: 'Finding blocks. Starting it is for the owner of the node.' },
  {
    name: 'sandbox',
    description: 'A small network for experiments, apart from the chain. For the owner of the node.',
  },
  { name: 'peers', description: 'Other nodes. Changing them is for the owner of the node.' },
  { name: 'events', description: 'What happens, as it happens: docs/events.md.' },
  { name: 'p2p', description: 'What nodes say to each other: docs/network.md.' },
];

/** Everything the page needs comes from this node, and nothing else may be loaded or asked. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Swagger UI writes style attributes; styles cannot ask anybody anything here, since no other host is allowed.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** To be called before the routes are declared. */
export async function installOpenApi(app: FastifyInstance, version: string): Promise<void> {
  for (const schema of NAMED_SCHEMAS) app.addSchema(schema);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'MiniBitcoin',
        version,
        description:
          'A Bitcoin-like proof-of-work node to learn by. Hashes are hex in the order of their bytes; amounts are whole base ' +
          'units, 100,000,000 to a coin; times are seconds since 1970. Every refusal has the shape of `Error`.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: TAGS,
      servers: [{ url: '/', description: 'This node' }],
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description:
              'API_TOKEN of the node. Programs on the node’s own machine need none, unless ADMIN_ACCESS=token.',
          },
        },
      },
    },
    transformObject: (made) =>
      'openapiObject' in made ? withBinaryBodies(made.openapiObject as OpenApiDocument) : made.swaggerObject,
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, i) =>
        typeof json['$id'] === 'string' ? json['$id'] : `Schema${i}`,
    },
  });
}

/** What we look at in the document that the plugin makes. */
interface OpenApiDocument {
  paths?: Record<string, Record<string, { requestBody?: { content: Record<string, unknown> } }>>;
}

/** The plugin gives every kind of body the schema of the JSON; full bytes are no JSON. */
function withBinaryBodies<T extends OpenApiDocument>(document: T): T {
  for (const operations of Object.values(document.paths ?? {})) {
    for (const { requestBody } of Object.values(operations)) {
      if (requestBody?.content[BYTES_TYPE] === undefined) continue;
      requestBody.content[BYTES_TYPE] = {
        schema: {
          type: 'string',
          contentMediaType: BYTES_TYPE,
          description: 'The full bytes (docs/protocol.md).',
        },
      };
    }
  }
  return document;
}

export async function installDocs(app: FastifyInstance): Promise<void> {
  let document: string | undefined;
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    // The routes do not change any more: made once.
    document ??= JSON.stringify(app.swagger());
    return reply.type('application/json; charset=utf-8').send(document);
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_POLICY,
    theme: {
      title: 'MiniBitcoin API',
      // The bar on top asks for the address of another API; there is only this one.
      css: [{ filename: 'mini-bitcoin.css', content: '.swagger-ui .topbar { display: none }' }],
    },
    uiConfig: {
      docExpansion: 'list',
      deepLinking: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
    },
  });
}
