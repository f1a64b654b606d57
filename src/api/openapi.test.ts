/** The OpenAPI document as others read it, and the page that shows it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NAMED_SCHEMAS } from '../protocol/index.ts';
import { ApiNode } from '../../test/support/api-node.ts';

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    name: string;
    in: string;
    required?: boolean;
    schema: object;
    description?: string;
  }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<
    string,
    { description?: string; content?: Record<string, { schema: { $ref?: string } }> }
  >;
  readonly security?: readonly object[];
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, object>;
    readonly securitySchemes: Record<string, object>;
  };
}

let node: ApiNode;
let document: Document;

beforeAll(async () => {
  node = await ApiNode.start();
  document = (await node.app.inject('/openapi.json')).json();
});
afterAll(() => node.close());

function operations(): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation,
    ]),
  );
}

function everyObject(value: unknown, visit: (object: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value as Record<string, unknown>);
  for (const inner of Object.values(value)) everyObject(inner, visit);
}

describe('the document', () => {
  test('is OpenAPI 3.1, with what must be there', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info).toMatchObject({ title: 'MiniBitcoin', version: '0.0.0-test' });
    expect(document.components.securitySchemes['token']).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect(Object.keys(document.components.schemas).sort()).toEqual(
      NAMED_SCHEMAS.map(({ $id }) => $id).sort(),
    );
  });

  test('describes every path, its answers and its refusals', () => {
    const tags = new Set(document.tags.map(({ name }) => name));
    for (const [name, operation] of operations()) {
      expect(operation.summary, name).toMatch(/^[A-Z]/);
      expect(
        operation.tags?.every((tag) => tags.has(tag)),
        name,
      ).toBe(true);
      // A WebSocket begins with 101 and has no body.
      if (name === 'get /ws') expect(operation.responses).toMatchObject({ 101: {}, 426: {} });
      else expect(operation.responses['200']?.content, name).toBeDefined();
      expect(Object.keys(operation.responses), name).toEqual(
        expect.arrayContaining(['421', '422', '429', '503', 'default']),
      );
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(response.description, `${name} ${status}`).toBeTruthy();
        if (status === '200' || status === '101') continue;
        expect(response.content?.['application/json']?.schema.$ref, `${name} ${status}`).toBe(
          '#/components/schemas/Error',
        );
      }
    }
  });

  test('declares each parameter of a path', () => {
    for (const [name, operation] of operations()) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(
        declared.map((parameter) => parameter.name),
        name,
      ).toEqual(inPath);
      expect(
        declared.every(({ required }) => required === true),
        name,
      ).toBe(true);
    }
  });

  test('marks exactly the owner’s calls', () => {
    const secured = operations().filter(([, { security }]) => security !== undefined);
    expect(secured.map(([name]) => name).sort()).toEqual([
      ...['delete /sandbox', 'get /sandbox'],
      ...['post /mine', 'post /mining/start', 'post /mining/stop'],
      ...['post /peers/add', 'post /peers/ban', 'post /peers/remove', 'post /peers/unban'],
      ...['post /sandbox', 'post /sandbox/actions', 'post /sync'],
    ]);
  });

  test('refers to nothing that it does not have', () => {
    everyObject(document, ({ $ref }) => {
      if ($ref === undefined) return;
      if (typeof $ref !== 'string') throw new Error('a $ref is a text');
      const name = /^#\/components\/schemas\/(\w+)$/.exec($ref)?.[1];
      expect(document.components.schemas, $ref).toHaveProperty(name ?? '?');
    });
  });

  test('tells full bytes from JSON', () => {
    for (const path of ['/tx', '/tx/check', '/block']) {
      const content = document.paths[path]?.['post']?.requestBody?.content ?? {};
      expect(Object.keys(content)).toEqual(['application/json', 'application/octet-stream']);
      expect(content['application/octet-stream']?.schema).toMatchObject({ type: 'string' });
    }
    expect(Object.keys(document.paths['/metrics']?.['get']?.responses['200']?.content ?? {})).toEqual([
      'text/plain',
    ]);
  });
});

describe('the page', () => {
  test('loads everything from this node, and may load nothing else', async () => {
    const page = await node.app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(policy).toMatch(/script-src 'self'(;|$)/);

    const links = [...page.body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      expect(link).toMatch(/^\.\/static\/|^\/docs\/static\//);
      expect((await node.app.inject(link.replace(/^\.\//, '/docs/'))).statusCode, link).toBe(200);
    }
    // The policy forbids scripts inside the page: there are none.
    expect(page.body).not.toMatch(/<script(?![^>]*src=)/);
    const start = await node.app.inject('/docs/static/swagger-initializer.js');
    expect(start.body).not.toMatch(/https?:\/\/(?!stackoverflow\.com)/);
    expect(start.body).toContain('validatorUrl: null');
  });

  test('is where the bare address leads', async () => {
    const answer = await node.app.inject('/');
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/docs']);
  });

  test('is found without the slash, too', async () => {
    expect((await node.app.inject('/docs')).statusCode).toBe(200);
  });
});
