/** From what is typed into the form of a call: the request, and how others would make it. */
import type { Call, Parameter } from './calls.ts';

export type Values = Readonly<Record<string, string>>;

export interface Request {
  readonly method: Call['method'];
  /** Path and query. */
  readonly address: string;
  readonly body: string | undefined;
}

/** What keeps the form from being sent. */
export type FormMistake =
  | { readonly name: 'missing' | 'pattern' | 'number'; readonly parameter: string }
  | { readonly name: 'json'; readonly parameter: 'body'; readonly detail: string };

/** What is certainly wrong; what only the node can know, it says itself. */
export function mistakesOf(call: Call, values: Values, body: string): FormMistake[] {
  const mistakes: FormMistake[] = [];
  for (const parameter of call.parameters) {
    const name = mistakeOf(parameter, (values[parameter.name] ?? '').trim());
    if (name !== undefined) mistakes.push({ name, parameter: parameter.name });
  }
  if (call.body !== null && call.body !== undefined) {
    try {
      JSON.parse(body);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      mistakes.push({ name: 'json', parameter: 'body', detail });
    }
  }
  return mistakes;
}

function mistakeOf(
  { required, schema }: Parameter,
  value: string,
): 'missing' | 'pattern' | 'number' | undefined {
  if (value === '') return required ? 'missing' : undefined;
  if (schema.type === 'integer' && !/^-?\d+$/.test(value)) return 'number';
  return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value) ? undefined : 'pattern';
}

export function requestOf(call: Call, values: Values, body: string): Request {
  const valueOf = (name: string): string => (values[name] ?? '').trim();
  const path = call.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name)));
  const query = new URLSearchParams(
    call.parameters
      .filter(({ in: place, name }) => place === 'query' && valueOf(name) !== '')
      .map(({ name }) => [name, valueOf(name)]),
  ).toString();
  return {
    method: call.method,
    address: query === '' ? path : `${path}?${query}`,
    body: call.body === undefined || call.body === null ? undefined : body,
  };
}

/** For a shell: nothing in the text is a command. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export function curlOf({ method, address, body }: Request, origin: string): string {
  const parts = ['curl', quoted(origin + address)];
  if (method !== 'GET') parts.splice(1, 0, '-X', method);
  if (body !== undefined)
    parts.push('-H', quoted('content-type: application/json'), '-d', quoted(oneLine(body)));
  return parts.join(' ');
}

export function fetchOf({ method, address, body }: Request, origin: string): string {
  const options =
    body === undefined
      ? method === 'GET'
        ? ''
        : `, { method: '${method}' }`
      : `, {\n  method: '${method}',\n  headers: { 'content-type': 'application/json' },\n  body: JSON.stringify(${body.trim().replaceAll('\n', '\n  ')}),\n}`;
  return `const answer = await fetch(${JSON.stringify(origin + address)}${options});\nconsole.log(answer.status, await answer.json());`;
}

function oneLine(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return json;
  }
}

/** What of the learner's own chain fits into a form. */
export interface OwnChain {
  readonly height: number | undefined;
  readonly tipHash: string | null;
  readonly txid: string | undefined;
  readonly address: string | undefined;
}

/** A good first value for a parameter; empty for those that may be left out. */
export function exampleFor(call: Call, parameter: Parameter, own: OwnChain): string {
  if (parameter.in === 'query') return '';
  switch (parameter.name) {
    case 'id':
      return own.tipHash ?? '0';
    case 'txid':
      return own.txid ?? '';
    case 'index':
      return '0';
    case 'address':
      return own.address ?? '';
    default:
      return '';
  }
}

/** The example of the document, with the learner's own address where one goes. */
export function exampleBody(call: Call, own: OwnChain): string {
  if (call.body === undefined || call.body === null) return '';
  const body =
    'miner_address' in call.body && own.address !== undefined
      ? { ...call.body, miner_address: own.address }
      : call.body;
  return JSON.stringify(body, null, 2);
}
