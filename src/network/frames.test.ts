import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, concatBytes } from '../consensus/index.ts';
import { readFrames } from './frames.ts';
import { encodeFrame } from './messages.ts';
import { PeerMisbehavedError } from './peer-errors.ts';

const WIDE = { maxFrames: 1_000, maxFrameBytes: 100_000 };

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** The frames, and what it ended with. */
async function read(
  chunks: readonly Uint8Array[],
  bounds = WIDE,
): Promise<{ frames: Uint8Array[]; error: unknown }> {
  const frames: Uint8Array[] = [];
  try {
    for await (const frame of readFrames(stream(chunks), bounds)) frames.push(Uint8Array.from(frame));
    return { frames, error: undefined };
  } catch (error) {
    return { frames, error };
  }
}

/** Long arrays of bytes are compared faster as text. */
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Cuts bytes at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

/** Frames around the lengths where the varint grows. */
const anyFrame = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom(252, 253, 300, 65_535, 65_536).map((length) => new Uint8Array(length).fill(length % 251)),
);

describe('frames', () => {
  it('are the same however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFrame, { maxLength: 6 }),
        fc.array(fc.nat({ max: 200_000 }), { maxLength: 20 }),
        async (frames, places) => {
          const bytes = concatBytes(...frames.map((frame) => encodeFrame(frame)));
          const { frames: found, error } = await read(cut(bytes, places));
          expect(error).toBeUndefined();
          expect(found.map(base64)).toEqual(frames.map(base64));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('come one by one where each byte comes alone', async () => {
    const frames = [Uint8Array.of(1, 2), new Uint8Array(), new Uint8Array(300).fill(9)];
    const bytes = concatBytes(...frames.map((frame) => encodeFrame(frame)));
    const each = [...bytes].map((byte) => Uint8Array.of(byte));
    expect((await read(each)).frames).toEqual(frames);
  });

  it('are handed over as soon as they are whole', async () => {
    const seen: string[] = [];
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (const byte of [1, 2]) {
        yield encodeFrame(Uint8Array.of(byte));
        seen.push(`sent ${byte}`);
      }
    }
    for await (const [byte] of readFrames(chunks(), WIDE)) seen.push(`got ${byte}`);
    expect(seen).toEqual(['got 1', 'sent 1', 'got 2', 'sent 2']);
  });

  it('that announce too many bytes are refused before they are there', async () => {
    const head = new ByteWriter().varint(101).finish();
    const { error } = await read([head], { maxFrames: 1, maxFrameBytes: 100 });
    expect(error).toBeInstanceOf(PeerMisbehavedError);
    expect(error).toMatchObject({ offence: 'oversized-answer' });
    expect((error as Error).message).toBe('it announces 101 bytes; 100 are the most');
    const exact = encodeFrame(new Uint8Array(100));
    expect((await read([exact], { maxFrames: 1, maxFrameBytes: 100 })).error).toBeUndefined();
  });

  it('that announce more than a number can hold are too many bytes as well', async () => {
    const { error } = await read([new ByteWriter().varint(0xffffffffffffffffn).finish()]);
    expect(error).toMatchObject({ offence: 'oversized-answer' });
  });

  it('are no more than were asked for', async () => {
    const three = concatBytes(encodeFrame(), encodeFrame(), encodeFrame());
    const { frames, error } = await read([three], { maxFrames: 2, maxFrameBytes: 100 });
    expect(frames.length).toBe(2);
    expect(error).toMatchObject({ offence: 'unrequested-data' });
  });

  it('do not end in the middle, of the bytes or of the length', async () => {
    const whole = encodeFrame(new Uint8Array(300));
    for (const length of [1, 2, 3, 200, whole.length - 1]) {
      const { frames, error } = await read([whole.subarray(0, length)]);
      expect(frames).toEqual([]);
      expect(error).toMatchObject({ offence: 'malformed-message' });
    }
    expect(await read([])).toEqual({ frames: [], error: undefined });
  });

  it('have lengths in their shortest form', async () => {
    // 0xfd says "two bytes follow", and two bytes are not needed for 1.
    const { error } = await read([Uint8Array.of(0xfd, 1, 0, 7, 7, 7, 7, 7, 7)]);
    expect(error).toMatchObject({ offence: 'malformed-message' });
  });
});
