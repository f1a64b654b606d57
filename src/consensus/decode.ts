/**
 * The one place where a decoder's exception becomes a verdict.
 */
import { ByteReader, DecodeError } from './bytes.ts';
import { fail, ok, type Verdict } from './reasons.ts';

/** Runs a decoder over all of `bytes`; what ends too early or goes on too long is refused. */
export function decodeWith<T>(bytes: Uint8Array, what: string, read: (reader: ByteReader) => T): Verdict<T> {
  const reader = new ByteReader(bytes);
  try {
    const value = read(reader);
    reader.end(what);
    return ok(value);
  } catch (error) {
    if (error instanceof DecodeError) return fail(error.reason, `${what}: ${error.message}`);
    throw error;
  }
}
