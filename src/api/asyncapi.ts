/**
 * The AsyncAPI 3.0 document of /ws, made from the same schemas that messages are checked by.
 *
 * It is what /openapi.json cannot say: a WebSocket has no answer, but messages in both directions.
 */
import { type TSchema, type TUnion, Type } from '@sinclair/typebox';
import { ClientMessage, NAMED_SCHEMAS, NodeMessage } from '../protocol/index.ts';
import { answers, type Api, sendJson } from './route-context.ts';

const SUMMARIES: Readonly<Record<string, string>> = {
  subscribe: 'Follow topics; with `since`, from where an earlier connection broke off.',
  unsubscribe: 'Follow topics no longer.',
  'ask-snapshot': 'Ask how everything that is followed stands.',
  ping: 'Ask whether the node is there.',
  snapshot: 'How everything stands: at the beginning, on request, and where too much was missed.',
  resumed: 'Nothing is missing: what was missed follows.',
  event: 'Something has happened.',
  pong: 'The answer to `ping`.',
  error: 'A message was refused, or events were lost.',
};

const AsyncApiAnswer = Type.Object(
  { asyncapi: Type.String(), info: Type.Object({}, { additionalProperties: true }) },
  { additionalProperties: true },
);

/** The document, for a node of this version. */
export function asyncApiDocument(version: string): Record<string, unknown> {
  const asked = messagesOf(ClientMessage, 'ClientMessage', { snapshot: 'ask-snapshot' });
  const told = messagesOf(NodeMessage, 'NodeMessage');
  const inChannel = (messages: object): { $ref: string }[] =>
    Object.keys(messages).map((name) => ({ $ref: `#/channels/events/messages/${name}` }));
  const messages = { ...asked, ...told };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'MiniBitcoin events',
      version,
      description:
        'What a node tells as it happens: blocks, reorganisations, the mempool, mining, peers, addresses. GET /events sends the ' +
        'same messages as Server-Sent Events.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      node: {
        host: '{host}',
        protocol: 'ws',
        description: 'This node.',
        variables: { host: { default: 'localhost:8000', description: 'Name and port of the node.' } },
      },
    },
    channels: {
      events: {
        address: '/ws',
        description: 'One message is one text frame of JSON.',
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: { method: 'GET' } },
      },
    },
    operations: {
      'read-client': {
        action: 'receive',
        channel: { $ref: '#/channels/events' },
        summary: 'What a client says.',
        messages: inChannel(asked),
      },
      'tell-client': {
        action: 'send',
        channel: { $ref: '#/channels/events' },
        summary: 'What the node says.',
        messages: inChannel(told),
      },
    },
    components: { messages, schemas: schemasBehind([ClientMessage, NodeMessage]) },
  };
}

/** GET /asyncapi.json. */
export function asyncApiRoute(app: Api, version: string): void {
  let document: Buffer | undefined;
  app.get(
    '/asyncapi.json',
    {
      schema: {
        tags: ['events'],
        summary: 'The messages of /ws',
        description: 'Every message of the WebSocket and its fields, as AsyncAPI 3.0.',
        response: answers(AsyncApiAnswer, 'The document.'),
      },
    },
    (_request, reply) => {
      document ??= Buffer.from(JSON.stringify(asyncApiDocument(version)));
      return sendJson(reply, document);
    },
  );
}

/** One message for each member of a union, named by its `type`. */
function messagesOf(
  union: TUnion,
  id: string,
  otherNames: Readonly<Record<string, string>> = {},
): Record<string, object> {
  return Object.fromEntries(
    union.anyOf.map((member, i) => {
      const { properties } = member as unknown as { properties: { type: { const: string } } };
      const type = properties.type.const;
      const name = otherNames[type] ?? type;
      const summary = SUMMARIES[name];
      if (summary === undefined) throw new Error(`the message ${name} has no summary`);
      return [name, { name: type, summary, payload: { $ref: `${schemaRef(id)}/anyOf/${i}` } }];
    }),
  );
}

function schemaRef(id: string): string {
  return `#/components/schemas/${id}`;
}

/** These schemas and all that they mention, by name. */
function schemasBehind(roots: readonly TSchema[]): Record<string, unknown> {
  const known = new Map([...NAMED_SCHEMAS, ...roots].map((schema) => [schema.$id, schema]));
  const found: Record<string, unknown> = {};
  const waiting = roots.map(({ $id }) => $id);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id in found) continue;
    const schema = known.get(id);
    if (schema === undefined) throw new Error(`no schema has the name ${id}`);
    // Names become places in the document. An `$id` would make every reference inside relative to it.
    found[id] = JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
      if (key === '$id') return undefined;
      if (key !== '$ref' || typeof value !== 'string') return value;
      waiting.push(value);
      return schemaRef(value);
    });
  }
  return found;
}
