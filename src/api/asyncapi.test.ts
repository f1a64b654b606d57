/** The document of the WebSocket's messages, as others read it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientMessage, EventData, NodeMessage, PLAIN_TOPICS } from '../protocol/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';

interface Message {
  readonly name: string;
  readonly summary: string;
  readonly payload: { readonly $ref: string };
}
interface Document {
  readonly asyncapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly channels: Record<string, { address: string; messages: Record<string, { $ref: string }> }>;
  readonly operations: Record<
    string,
    { action: string; channel: { $ref: string }; messages: { $ref: string }[] }
  >;
  readonly components: {
    readonly messages: Record<string, Message>;
    readonly schemas: Record<string, object>;
  };
}

let node: ApiNode;
let document: Document;

beforeAll(async () => {
  node = await ApiNode.start();
  document = (await node.app.inject('/asyncapi.json')).json();
});
afterAll(() => node.close());

/** What a `$ref` points at; undefined where there is nothing. */
function at(reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  const steps = reference
    .slice(2)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: unknown = document;
  for (const step of steps) value = (value as Record<string, unknown> | undefined)?.[step];
  return value;
}

function everyObject(value: unknown, visit: (object: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value as Record<string, unknown>);
  for (const inner of Object.values(value)) everyObject(inner, visit);
}

/** `type` of the messages that an operation is about, read through all references. */
function typesOf(operation: string): string[] {
  return (document.operations[operation]?.messages ?? []).map(({ $ref }) => {
    const message = at((at($ref) as { $ref: string }).$ref) as Message;
    const payload = at(message.payload.$ref) as { properties: { type: { const: string } } };
    expect(payload.properties.type.const).toBe(message.name);
    return message.name;
  });
}

describe('the AsyncAPI document', () => {
  test('has what must be there', () => {
    expect(document.asyncapi).toBe('3.0.0');
    expect(document.info).toMatchObject({ title: 'MiniBitcoin events', version: '0.0.0-test' });
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual(['/ws']);
    for (const { action, channel } of Object.values(document.operations)) {
      expect(['send', 'receive']).toContain(action);
      expect(at(channel.$ref)).toBe(document.channels['events']);
    }
    // The document calls names what the specification allows as names.
    const { messages, schemas } = document.components;
    for (const name of [...Object.keys(messages), ...Object.keys(schemas)]) expect(name).toMatch(/^[\w.-]+$/);
  });

  test('refers to nothing that it does not have', () => {
    let references = 0;
    everyObject(document, ({ $ref }) => {
      if ($ref === undefined) return;
      references++;
      expect(at($ref as string), $ref as string).toBeDefined();
    });
    expect(references).toBeGreaterThan(30);
    everyObject(document.components.schemas, (object) => expect(object).not.toHaveProperty('$id'));
  });

  test('tells every message of both sides', () => {
    const typesIn = (union: typeof ClientMessage | typeof NodeMessage): string[] =>
      union.anyOf.map(({ properties }) => properties.type.const);
    expect(typesOf('read-client')).toEqual(typesIn(ClientMessage));
    expect(typesOf('tell-client')).toEqual(typesIn(NodeMessage));
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['ClientMessage', 'NodeMessage', 'EventData', 'TopicSnapshots', 'TreeBlock']),
    );
  });

  test('tells every event and every topic', () => {
    const text = JSON.stringify(document.components.schemas);
    const events = (document.components.schemas['EventData'] as typeof EventData).anyOf;
    expect(events.map(({ properties }) => properties.type.const)).toEqual(
      EventData.anyOf.map(({ properties }) => properties.type.const),
    );
    for (const topic of PLAIN_TOPICS) {
      expect(text).toContain(topic);
      expect(document.components.schemas['TopicSnapshots']).toHaveProperty(['properties', topic]);
    }
    expect(text).toContain('address:[0-9a-fA-F]{40}');
  });

  test('is found from the OpenAPI document', async () => {
    const { paths } = (await node.app.inject('/openapi.json')).json<{ paths: Record<string, object> }>();
    expect(paths['/asyncapi.json']).toHaveProperty('get');
    expect(JSON.stringify(paths['/ws'])).toContain('/asyncapi.json');
  });
});
