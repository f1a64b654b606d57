/**
 * Checks path parts, queries and small bodies against their schemas.
 *
 * Why not Ajv, Fastify's default: its coercion takes `?limit=0x10` for 16 and `?limit=` for nothing, its messages do not
 * say what would be right, and unknown parameters pass in silence. Here a query is text, and each schema says how it is read.
 */
import type { TObject, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { FastifySchemaCompiler } from 'fastify';
import type { ApiReason } from '../protocol/index.ts';
import { fail } from '../consensus/index.ts';
import { type Refusal, refusal, refusalOf } from './refusal.ts';

/** The parts of JSON Schema that our path and query schemas use. */
interface ParameterSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

type Texts = Readonly<Record<string, unknown>>;

/** Says in words what a parameter may be. */
function describe(schema: ParameterSchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'integer') {
    const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
    return maximum === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${minimum} up`
      : `a whole number from ${minimum} to ${maximum}`;
  }
  const hex = /^\^\[0-9a-fA-F\]\{(\d+)\}\$$/.exec(schema.pattern ?? '')?.[1];
  if (hex !== undefined) return `${hex} hex characters`;
  return `text of ${schema.minLength ?? 0} to ${schema.maxLength ?? '∞'} characters`;
}

function readParameter(text: unknown, schema: ParameterSchema): string | number | undefined {
  if (typeof text !== 'string') return undefined; // given twice
  if (schema.type === 'integer') {
    if (!/^\d{1,16}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= (schema.minimum ?? 0) && value <= (schema.maximum ?? Number.MAX_SAFE_INTEGER)
      ? value
      : undefined;
  }
  if (schema.enum !== undefined) return schema.enum.includes(text) ? text : undefined;
  const fits =
    text.length >= (schema.minLength ?? 0) &&
    text.length <= (schema.maxLength ?? Infinity) &&
    (schema.pattern === undefined || new RegExp(schema.pattern).test(text));
  return fits ? text : undefined;
}

/** Reads the parameters that a schema names. @returns the values, or why not */
export function readParameters(
  texts: Texts,
  schema: TObject,
  reason: ApiReason,
): { value: Record<string, unknown> } | { error: Refusal } {
  const value: Record<string, unknown> = {};
  const known = Object.keys(schema.properties);
  const unknown = Object.keys(texts).find((name) => !Object.hasOwn(schema.properties, name));
  if (unknown !== undefined) {
    const allowed = known.length === 0 ? 'there are none here' : `allowed are ${known.join(', ')}`;
    return { error: refusal(422, reason, `unknown parameter ${quote(unknown)}; ${allowed}`) };
  }
  for (const name of known) {
    const text = texts[name];
    const parameter = schema.properties[name] as ParameterSchema;
    if (text === undefined) {
      if (schema.required?.includes(name) !== true) continue;
      return { error: refusal(422, reason, `${name} is missing: ${describe(parameter)} is expected`) };
    }
    const parsed = readParameter(text, parameter);
    if (parsed === undefined) {
      const found = typeof text === 'string' ? quote(text) : 'several values';
      return { error: refusal(422, reason, `${name}: ${describe(parameter)} is expected, not ${found}`) };
    }
    value[name] = parsed;
  }
  return { value };
}

/** A stranger's text in a message: short, and without control characters. */
function quote(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(short);
}

/** Checks a small JSON body. Unknown fields are ignored, as the original does; nothing is coerced. */
function checkBody(schema: TSchema, body: unknown): { value: unknown } | { error: Refusal } {
  const error = Value.Errors(schema, body).First();
  if (error === undefined) return { value: body };
  const field = error.path.slice(1).replaceAll('/', '.') || 'body';
  return { error: refusalOf(fail('malformed-field', `${field}: ${error.message.toLowerCase()}`)) };
}

/** A body that the rules' own parser reads later: anything passes here. */
export const READ_BY_CONSENSUS = Symbol('read by consensus');

/** For `app.setValidatorCompiler`. */
export const compileValidator: FastifySchemaCompiler<TSchema & { [READ_BY_CONSENSUS]?: true }> = ({
  schema,
  httpPart,
}) => {
  if (httpPart === 'querystring')
    return (texts: unknown) =>
      readParameters(texts as Texts, schema as TSchema as TObject, 'malformed-query');
  if (httpPart === 'params')
    return (texts: unknown) => readParameters(texts as Texts, schema as TSchema as TObject, 'malformed-path');
  if (httpPart === 'body' && schema[READ_BY_CONSENSUS] !== true)
    return (body: unknown) => checkBody(schema, body);
  return (value: unknown) => ({ value });
};
