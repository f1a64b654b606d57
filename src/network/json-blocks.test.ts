import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonBlocks } from './json-blocks.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** The blocks as text, and what it ended with. */
async function read(
  chunks: readonly Uint8Array[],
  maxBlockBytes = 100_000,
): Promise<{ blocks: string[]; error: unknown }> {
  const blocks: string[] = [];
  try {
    for await (const block of readJsonBlocks(stream(chunks), maxBlockBytes))
      blocks.push(new TextDecoder('utf-8', { fatal: true }).decode(block));
    return { blocks, error: undefined };
  } catch (error) {
    return { blocks, error };
  }
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

/** Texts full of what could be taken for structure. */
const anyText = fc.string({
  unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'a', 'ü', '😀', '\n'),
  maxLength: 12,
});
const anyBlock = fc.dictionary(anyText, fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), { maxKeys: 4 });
const anyChain = fc.record({
  height: fc.integer(),
  tip_hash: fc.oneof(anyText, fc.constant(null)),
  blocks: fc.array(fc.oneof(anyBlock, fc.record({ text: anyText, list: fc.array(anyText) })), {
    maxLength: 5,
  }),
});

describe('the blocks of a /chain', () => {
  it('are the same however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyChain,
        fc.constantFrom(undefined, 1, '\t'),
        fc.array(fc.nat({ max: 5_000 }), { maxLength: 20 }),
        async (chain, indent, places) => {
          const { blocks, error } = await read(cut(encode(JSON.stringify(chain, null, indent)), places));
          expect(error).toBeUndefined();
          expect(blocks.map((block) => JSON.parse(block) as unknown)).toEqual(
            JSON.parse(JSON.stringify(chain.blocks)),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('come one by one where each byte comes alone', async () => {
    const text = '{"height":1,"blocks":[{"a":"}]\\"{"},{"b":[{"c":{}}]}]}';
    const { blocks } = await read([...encode(text)].map((byte) => Uint8Array.of(byte)));
    expect(blocks).toEqual(['{"a":"}]\\"{"}', '{"b":[{"c":{}}]}']);
  });

  it('are the objects in lists only: what else an answer says is left unread', async () => {
    const text =
      '{"info":{"a":{"no":1}},"more":[[{"no":2}],3,"{"],"blocks":[{"yes":1}],"end":{"b":{"no":3}}}';
    expect((await read([encode(text)])).blocks).toEqual(['{"yes":1}']);
  });

  it('may be none', async () => {
    for (const text of ['{}', '{"blocks":[]}', ' {"height":-1,"tip_hash":null,"blocks":[]} \n'])
      expect(await read([encode(text)])).toEqual({ blocks: [], error: undefined });
  });

  it('are not longer than a block can be, be it in one piece or in many', async () => {
    const block = `{"a":"${'x'.repeat(92)}"}`;
    expect(block.length).toBe(100);
    const bytes = encode(`{"blocks":[${block},${block}]}`);
    for (const chunks of [[bytes], cut(bytes, [30, 60, 90, 120, 150])]) {
      expect((await read(chunks, 100)).blocks).toEqual([block, block]);
      const { blocks, error } = await read(chunks, 99);
      expect(blocks).toEqual([]);
      expect(error).toMatchObject({ offence: 'oversized-answer' });
    }
  });

  it('are refused for their length before they end', async () => {
    const { error } = await read([encode('{"blocks":[{"a":"'), new Uint8Array(1_000).fill(0x61)], 500);
    expect(error).toMatchObject({ offence: 'oversized-answer' });
  });

  it('do not end early', async () => {
    const text = '{"blocks":[{"a":"\\"]}"},{"b":1}]}';
    for (let length = 0; length < text.length; length++) {
      const { error } = await read([encode(text.slice(0, length))]);
      expect(error).toMatchObject({ offence: 'malformed-message' });
    }
  });

  it.each(['', 'no JSON at all', '"text"', '42'])('are not found in what is no object: %s', async (text) => {
    expect((await read([encode(text)])).error).toMatchObject({ offence: 'malformed-message' });
  });
});
