/** The program in docs/events.md, as it stands there, against messages of a node. */
import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { NodeMessage } from '../../protocol/index.ts';

test('the program of the documentation never comes back with a number that it has not got to', async () => {
  const text = await readFile(new URL('../../../docs/events.md', import.meta.url), 'utf8');
  const program = /```js\n([^]*?)```/.exec(text)?.[1] ?? '';
  const said: unknown[][] = [];
  const socket: {
    onmessage?: (event: { data: string }) => void;
    onclose?: (event: { code: number; reason: string }) => void;
  } = {};
  const log = (...words: unknown[]): void => void said.push(words);
  runInNewContext(program, {
    WebSocket: function () {
      return socket;
    },
    console: { log, error: log },
  });
  const tell = (message: NodeMessage): void => socket.onmessage?.({ data: JSON.stringify(message) });
  const seen = (): unknown => {
    socket.onclose?.({ code: 1006, reason: '' });
    return JSON.parse(JSON.stringify(said.at(-1)?.at(-1)));
  };
  const blocks = { height: 7, tip_hash: null, blocks: [] };
  tell({ type: 'snapshot', run: 'run-1', sequence: 3, topics: ['blocks'], data: { blocks } });
  expect(said).toEqual([['height', 7]]);
  tell({ type: 'resumed', run: 'run-1', sequence: 9, topics: ['blocks'] });
  expect(seen()).toEqual({ run: 'run-1', sequence: 3 });
  const data = {
    type: 'tip-changed',
    height: 8,
    tip_hash: null,
    fork_height: 7,
    disconnected: [],
    connected: [],
  } as const;
  tell({
    type: 'event',
    sequence: 4,
    topic: 'blocks',
    at: 0,
    data: { ...data, disconnected: [], connected: [] },
  });
  tell({ type: 'error', reason: 'missed-events', detail: 'so' });
  expect(seen()).toEqual({ run: 'run-1', sequence: 4 });
});
