/**
 * The small forms that every request and answer is made of: hashes, addresses, amounts, targets, cursors.
 *
 * They describe what the node *sends*: lower-case hex, whole numbers. What it *takes* is wider (upper-case hex, `"5"` for 5
 * in transactions and blocks), so that the original's programs keep working: see {@link HashInput} and {@link AddressInput}.
 */
import { type SchemaOptions, type Static, type TSchema, Type } from '@sinclair/typebox';

export const MAX_SAFE = Number.MAX_SAFE_INTEGER;

const EXAMPLE_HASH = '00d2c60ea67e771e3324e1846eef91d25b393779d5a5a8e59a613fd37eacf290';
const EXAMPLE_ADDRESS = '28bff34c1c08327af2418f9f92ebac4482aaf81d';

/** 32 bytes in hex: a txid, a block hash, a merkle root. */
export function hash(description: string): ReturnType<typeof Type.String> {
  return Type.String({ pattern: '^[0-9a-f]{64}$', description, examples: [EXAMPLE_HASH] });
}

/** A hash as a caller may write it. */
export function hashInput(description: string): ReturnType<typeof Type.String> {
  return Type.String({ pattern: '^[0-9a-fA-F]{64}$', description, examples: [EXAMPLE_HASH] });
}

/** hash160 of a public key. */
export function address(description: string): ReturnType<typeof Type.String> {
  return Type.String({ pattern: '^[0-9a-f]{40}$', description, examples: [EXAMPLE_ADDRESS] });
}

/** An address as a caller may write it. */
export function addressInput(description: string): ReturnType<typeof Type.String> {
  return Type.String({ pattern: '^[0-9a-fA-F]{40}$', description, examples: [EXAMPLE_ADDRESS] });
}

/** Base units. */
export function amount(description: string): ReturnType<typeof Type.Integer> {
  return Type.Integer({ minimum: 0, maximum: MAX_SAFE, description, examples: [5_000_000_000] });
}

/** A whole number from 0 up. */
export function count(description: string): ReturnType<typeof Type.Integer> {
  return Type.Integer({ minimum: 0, maximum: MAX_SAFE, description });
}

export function target(description: string): ReturnType<typeof Type.String> {
  return Type.String({ pattern: '^0x[0-9a-f]{1,64}$', description, examples: [`0x00000${'f'.repeat(59)}`] });
}

/** Work can exceed 2^53, so it travels as decimal text. */
export function work(description: string): ReturnType<typeof Type.String> {
  return Type.String({ pattern: '^[0-9]{1,90}$', description, examples: ['1048576'] });
}

/** A value that may be absent: `null` in JSON, so that the field is always there. */
export function nullable<T extends TSchema>(
  schema: T,
  options: SchemaOptions = {},
): ReturnType<typeof Type.Unsafe<Static<T> | null>> {
  return Type.Unsafe<Static<T> | null>(Type.Union([schema, Type.Null()], options));
}

/** One of these words. */
export function words<const T extends string>(
  list: readonly T[],
  options: SchemaOptions = {},
): ReturnType<typeof Type.Unsafe<T>> {
  // `enum` is for readers; the pattern says the same to TypeBox, which does not look at `enum`.
  return Type.Unsafe<T>(Type.String({ enum: [...list], pattern: `^(${list.join('|')})$`, ...options }));
}

/** Mentions a named schema; the OpenAPI document then has it once, under `components`. */
export function refTo<T extends TSchema>(schema: T): ReturnType<typeof Type.Unsafe<Static<T>>> {
  if (schema.$id === undefined) throw new Error('only a schema with a name can be referred to');
  return Type.Unsafe<Static<T>>(Type.Ref(schema.$id));
}

/** Continues a list: what a page's `next` said. Made by the node; its form is nobody else's business. */
export const CursorInput = Type.String({
  minLength: 1,
  maxLength: 512,
  description: 'Continues after an earlier page: its `next`, unchanged.',
});

export const Next = nullable(Type.String(), {
  description: 'Hand this back as `cursor` to go on; null at the end of the list.',
});

/** How many items a page may have. */
export function limitInput(most: number, byDefault: number): ReturnType<typeof Type.Integer> {
  return Type.Integer({
    minimum: 1,
    maximum: most,
    default: byDefault,
    description: `At most so many items, 1 to ${most}; ${byDefault} when not given.`,
  });
}

export const HeightInput = Type.Integer({ minimum: 0, maximum: MAX_SAFE });
