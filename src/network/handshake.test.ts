import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChainParams, DEFAULT_PARAMS, MAX_TARGET } from '../consensus/index.ts';
import {
  type AboutNode,
  differingParams,
  type HelloAnswer,
  helloParams,
  mismatch,
  readAddresses,
  readHelloAnswer,
  readPing,
  requireMatch,
} from './handshake.ts';
import { P2P_VERSION } from './messages.ts';
import { PeerMisbehavedError, PeerRefusedError } from './peer-errors.ts';

const OURS = { nodeId: 'aa'.repeat(16), params: DEFAULT_PARAMS };
const THEIRS: AboutNode = {
  protocol: P2P_VERSION,
  node_id: 'bb'.repeat(16),
  node_name: 'other',
  agent: 'mini-bitcoin/test',
  params: helloParams(DEFAULT_PARAMS),
  time: 1_700_000_000,
  tip: null,
};
const ANSWER: HelloAnswer = { ...THEIRS, session: 'cc'.repeat(16), confirms_call: true };
const TIP = { height: 0, hash: '00'.repeat(32), chain_work: '1' };

describe('two nodes', () => {
  it('talk when they are of one network and version', () => {
    expect(mismatch(THEIRS, OURS)).toBeUndefined();
    expect(() => requireMatch(THEIRS, OURS)).not.toThrow();
  });

  it('of different versions say both', () => {
    expect(mismatch({ ...THEIRS, protocol: P2P_VERSION + 1 }, OURS)).toEqual({
      reason: 'protocol-version',
      detail: `it speaks version ${P2P_VERSION + 1} of the peer protocol, this node version ${P2P_VERSION}`,
    });
  });

  it('are two: nobody talks to himself', () => {
    expect(mismatch({ ...THEIRS, node_id: OURS.nodeId }, OURS)).toEqual({
      reason: 'self-connection',
      detail: 'it is this node itself',
    });
  });

  it.each<[Partial<ChainParams>, string]>([
    [{ blockReward: 1 }, 'BLOCK_REWARD is 1 there, 5000000000 here'],
    [{ defaultTarget: MAX_TARGET }, `DEFAULT_TARGET is 0x${'f'.repeat(64)} there, 0x${'f'.repeat(59)} here`],
    [{ retargetInterval: 0 }, 'RETARGET_INTERVAL is 0 there, 10 here'],
    [
      { halvingInterval: 3, targetBlockTimeS: 600 },
      'HALVING_INTERVAL is 3 there, 210000 here; TARGET_BLOCK_TIME is 600 there, 10 here',
    ],
  ])('of different networks say what differs: %o', (params, said) => {
    const theirs = { ...THEIRS, params: helloParams({ ...DEFAULT_PARAMS, ...params }) };
    expect(mismatch(theirs, OURS)).toEqual({
      reason: 'other-network',
      detail: `it is of another network: ${said}`,
    });
    const refused = (): void => requireMatch(theirs, OURS);
    expect(refused).toThrow(PeerRefusedError);
    expect(refused).toThrow(said);
  });

  it('differ where one does not tell a parameter, and may tell more than we know', () => {
    const { max_money: _left, ...rest } = THEIRS.params;
    expect(differingParams(rest, DEFAULT_PARAMS)).toEqual([
      'MAX_MONEY is not told there, 2100000000000000 here',
    ]);
    expect(differingParams({ ...THEIRS.params, colour: 'blue' }, DEFAULT_PARAMS)).toEqual([]);
  });

  it('tell of what is no text in short, and never throw over it', () => {
    const [said] = differingParams({ ...THEIRS.params, max_money: ['x'.repeat(500)] }, DEFAULT_PARAMS);
    expect(said!.length).toBeLessThan(150);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(THEIRS.params)), fc.jsonValue()), (params) => {
        for (const text of differingParams(params, DEFAULT_PARAMS)) expect(typeof text).toBe('string');
      }),
    );
  });
});

describe('answers', () => {
  it('are taken as they are meant', () => {
    expect(readHelloAnswer(ANSWER)).toEqual(ANSWER);
    expect(readHelloAnswer({ ...ANSWER, tip: TIP })).toEqual({ ...ANSWER, tip: TIP });
    expect(readPing({ tip: null })).toEqual({ tip: null });
    expect(readAddresses({ addresses: ['http://a'] })).toEqual({ addresses: ['http://a'] });
  });

  it.each<[string, Record<string, unknown>]>([
    ['/session', { session: 'cc' }],
    ['/session', { session: 'CC'.repeat(16) }],
    ['/session', { session: undefined }],
    ['/node_id', { node_id: 7 }],
    ['/node_name', { node_name: 'n'.repeat(65) }],
    ['/agent', { agent: 'a'.repeat(65) }],
    ['/protocol', { protocol: 1.5 }],
    ['/params', { params: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`p${i}`, ''])) }],
    ['/params/a', { params: { a: 7 } }],
    ['/time', { time: -1 }],
    ['/confirms_call', { confirms_call: 'yes' }],
    ['/tip', { tip: { ...TIP, height: -1 } }],
    ['/tip', { tip: { ...TIP, height: 2 ** 31 } }],
    ['/tip', { tip: { ...TIP, hash: 'xx' } }],
    ['/tip', { tip: { ...TIP, chain_work: '-1' } }],
    ['/tip', { tip: { ...TIP, chain_work: '9'.repeat(91) } }],
  ])('that are malformed at %s are named: %j', (path, changes) => {
    const read = (): unknown => readHelloAnswer({ ...ANSWER, ...changes });
    expect(read).toThrow(PeerMisbehavedError);
    expect(read).toThrow(`its hello is malformed at ${path}`);
  });

  it.each([null, undefined, 'hello', 42, []])('that are no object are malformed at the top: %j', (value) => {
    expect(() => readHelloAnswer(value)).toThrow('its hello is malformed at the top');
    expect(() => readPing(value)).toThrow('its ping is malformed at the top');
    expect(() => readAddresses(value)).toThrow('its list of addresses is malformed at the top');
  });

  it('have no more addresses than were asked for, and none without end', () => {
    const many = Array.from({ length: 101 }, (_, i) => `http://a${i}`);
    expect(readAddresses({ addresses: many.slice(1) }).addresses.length).toBe(100);
    expect(() => readAddresses({ addresses: many })).toThrow('malformed at /addresses');
    expect(() => readAddresses({ addresses: [`http://${'a'.repeat(300)}`] })).toThrow('/addresses/0');
  });

  it('of any kind are either taken or misbehaviour', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of [readHelloAnswer, readPing, readAddresses]) {
          try {
            expect(read(value)).toBe(value);
          } catch (error) {
            expect(error).toMatchObject({ offence: 'malformed-message' });
          }
        }
      }),
    );
  });
});
