/** The sandbox: a small network apart, for experiments that nobody should make on a chain that matters. */
import { Value } from '@sinclair/typebox/value';
import { fail } from '../../consensus/index.ts';
import { SandboxAction, SandboxAnswer, SandboxEndAnswer } from '../../protocol/index.ts';
import { SandboxError, type SandboxReason } from '../../sandbox/index.ts';
import { refusal, refusalOf } from '../refusal.ts';
import { type Api, answers, OWNER_SECURITY, readByConsensus, type RouteContext } from '../route-context.ts';

const STATUSES: Readonly<Record<SandboxReason, number>> = {
  'no-sandbox': 404,
  'sandbox-runs': 409,
  'sandbox-busy': 409,
  'sandbox-full': 409,
  'sandbox-refused': 409,
  'sandbox-failed': 503,
};

export function sandboxRoutes(app: Api, context: RouteContext): void {
  const { sandbox } = context.services;
  // An action may take two minutes. Ended now, whoever waits for it gets an answer, and the node need not wait for him.
  context.closing.addEventListener(
    'abort',
    () => {
      sandbox?.close().catch(() => undefined);
    },
    {
      once: true,
    },
  );

  /** Its refusals in the words of the API. */
  async function ask<T>(question: (host: NonNullable<typeof sandbox>) => Promise<T>): Promise<T> {
    if (sandbox === undefined) throw refusal(404, 'no-sandbox', 'a node of a sandbox starts none of its own');
    try {
      return await question(sandbox);
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      if (context.closing.aborted)
        throw refusal(503, 'stopping', 'the node is stopping, and the sandbox with it');
      throw refusal(STATUSES[error.reason], error.reason, error.message);
    }
  }

  app.post(
    '/sandbox',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['sandbox'],
        summary: 'Start a small network for experiments',
        description:
          'Three real nodes in memory, in a thread of their own, with chain parameters of their own: nothing of it can get ' +
          'into this node’s chain. There is one at a time; it ends after 10 minutes without a request, and with the node.',
        security: OWNER_SECURITY,
        response: answers(SandboxAnswer, 'It runs.', [401, 403, 409, 413, 415]),
      },
    },
    () => ask((host) => host.start()),
  );

  app.get(
    '/sandbox',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['sandbox'],
        summary: 'The sandbox: its nodes, all blocks, payments, and what happened',
        security: OWNER_SECURITY,
        response: answers(SandboxAnswer, 'How it stands.', [401, 403, 404]),
      },
    },
    () => ask((host) => host.state()),
  );

  app.post(
    '/sandbox/actions',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['sandbox'],
        summary: 'Do something in the sandbox, and wait for it',
        description:
          'Answers when the nodes that talk to each other agree on what came of it. One action at a time; `stop` ends the one ' +
          'that is under way, and 120 seconds do.',
        security: OWNER_SECURITY,
        // Checked below: of nine forms, it takes the one that `type` names to say what is wrong.
        body: readByConsensus(SandboxAction),
        response: answers(SandboxAnswer, 'How it stands then.', [401, 403, 404, 409, 413, 415]),
      },
    },
    (request) => {
      const action = readAction(request.body);
      return ask((host) => host.act(action));
    },
  );

  app.delete(
    '/sandbox',
    {
      onRequest: context.ownerOnly,
      schema: {
        tags: ['sandbox'],
        summary: 'End the sandbox and forget it',
        security: OWNER_SECURITY,
        response: answers(SandboxEndAnswer, 'None is running now.', [401, 403]),
      },
    },
    () => ask(async (host) => ({ ended: await host.end() })),
  );
}

/** @throws Refusal that names the field */
function readAction(body: unknown): SandboxAction {
  const type: unknown = typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined;
  const form = SandboxAction.anyOf.find(({ properties }) => properties.type.const === type);
  if (form === undefined) {
    const types = SandboxAction.anyOf.map(({ properties }) => properties.type.const).join(', ');
    throw refusalOf(fail('malformed-field', `type: one of ${types} is expected`));
  }
  const error = Value.Errors(form, body).First();
  if (error !== undefined) {
    const field = error.path.slice(1).replaceAll('/', '.');
    throw refusalOf(fail('malformed-field', `${field}: ${error.message.toLowerCase()}`));
  }
  return body as SandboxAction;
}
