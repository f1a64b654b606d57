import { describe, expect, it } from 'vitest';
import { ClientFraming, encodeFatal, encodeMessage, findError, type ClientItem } from './wire-framing.ts';

function startup(): Uint8Array<ArrayBuffer> {
  const body = 'user\0postgres\0\0';
  const message = new Uint8Array(8 + body.length);
  const view = new DataView(message.buffer);
  view.setInt32(0, message.length);
  view.setInt32(4, 3 << 16);
  message.set(new TextEncoder().encode(body), 8);
  return message;
}

function request(code: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(code === 80877102 ? 16 : 8);
  const view = new DataView(message.buffer);
  view.setInt32(0, message.length);
  view.setInt32(4, code);
  return message;
}

const concat = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts));

/** A readable form: groups as their message types. */
function summarise(items: ClientItem[]): string[] {
  return items.map((item) => {
    if (item.kind === 'violation') return `violation: ${item.reason}`;
    if (item.kind !== 'group') return item.kind;
    const view = new DataView(item.bytes.buffer, item.bytes.byteOffset, item.bytes.length);
    let types = '';
    for (let offset = 0; offset < item.bytes.length; offset += 1 + view.getInt32(offset + 1)) {
      types += String.fromCharCode(view.getUint8(offset));
    }
    return item.synced ? types : `${types} unsynced`;
  });
}

function pushAll(bytes: Uint8Array, chunkBytes: number): string[] {
  const framing = new ClientFraming();
  const items: ClientItem[] = [];
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    items.push(...framing.push(new Uint8Array(bytes.slice(offset, offset + chunkBytes))));
  }
  return summarise(items);
}

describe('ClientFraming', () => {
  const session = concat(
    request(80877103),
    startup(),
    encodeMessage('Q', 'select 1\0'),
    encodeMessage('P', '\0select $1\0\0\0'),
    encodeMessage('B', 'x'.repeat(3000)),
    encodeMessage('D', 'P\0'),
    encodeMessage('E', '\0\0\0\0\0'),
    encodeMessage('S', ''),
    encodeMessage('E', '\0\0\0\0\0'),
    encodeMessage('H', ''),
    encodeMessage('S', ''),
    encodeMessage('X', ''),
  );
  const expected = ['encryption-request', 'startup', 'Q', 'PBDES', 'EH unsynced', 'S', 'terminate'];

  it.each([1, 2, 3, 5, 7, 8, 64, 1000, 1_000_000])(
    'cuts the same messages from chunks of %i bytes',
    (chunkBytes) => {
      expect(pushAll(session, chunkBytes)).toEqual(expected);
    },
  );

  it('keeps an unfinished group until its end arrives', () => {
    const framing = new ClientFraming();
    expect(summarise(framing.push(startup()))).toEqual(['startup']);
    expect(framing.push(encodeMessage('P', '\0select 1\0\0\0'))).toEqual([]);
    expect(summarise(framing.push(encodeMessage('S', '')))).toEqual(['PS']);
  });

  it('puts a CopyFail behind what may start a COPY, and leaves out COPY data', () => {
    const bytes = concat(
      startup(),
      encodeMessage('Q', 'CoPy t from stdin\0'),
      encodeMessage('d', 'row\n'),
      encodeMessage('c', ''),
      encodeMessage('E', '\0\0\0\0\0'),
      encodeMessage('S', ''),
    );
    expect(pushAll(bytes, bytes.length)).toEqual(['startup', 'Qf', 'EfS']);
  });

  it.each([
    ['an unknown type', encodeMessage('z', 'abc'), 'violation: unknown message type 0x7a'],
    [
      'a long message of a type that is short',
      encodeMessage('S', 'x'.repeat(10_000)),
      /type S and length 10004/,
    ],
    ['a negative length', new Uint8Array([0x51, 0xff, 0xff, 0xff, 0xff]), /type Q and length -1/],
    [
      'a length beyond all bounds',
      new Uint8Array([0x51, 0x7f, 0xff, 0xff, 0xff]),
      /type Q and length 2147483647/,
    ],
  ])('refuses %s and reads no further', (_name, message, reason) => {
    const framing = new ClientFraming();
    framing.push(startup());
    const [violation, ...rest] = summarise(framing.push(concat(message, encodeMessage('Q', 'select 1\0'))));
    expect(violation).toMatch(reason);
    expect(rest).toEqual([]);
    expect(framing.push(encodeMessage('Q', 'select 1\0'))).toEqual([]);
  });

  it('refuses other protocol versions and absurd start-up messages', () => {
    const old = startup();
    new DataView(old.buffer).setInt32(4, 2 << 16);
    expect(pushAll(old, old.length)).toEqual(['violation: protocol version 2.0']);
    const long = startup();
    new DataView(long.buffer).setInt32(0, 10_001);
    expect(pushAll(long, long.length)).toEqual(['violation: start-up message of length 10001']);
    expect(pushAll(request(80877102), 16)).toEqual(['cancel']);
  });
});

describe('findError', () => {
  it('finds an error among other messages', () => {
    const answer = concat(
      encodeMessage('C', 'SELECT 1\0'),
      encodeFatal('12345', 'broken'),
      encodeMessage('Z', 'I'),
    );
    expect(findError(answer)).toBe('broken (12345)');
    expect(findError(encodeMessage('Z', 'I'))).toBeUndefined();
  });
});
