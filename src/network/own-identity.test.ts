import { Value } from '@sinclair/typebox/value';
import { describe, expect, it } from 'vitest';
import { ChainBuilder } from '../../test/support/chain-builder.ts';
import { openMemoryChain } from '../../test/support/scripted-peer.ts';
import { HelloRequest, TipClaim } from './handshake.ts';
import { P2P_VERSION } from './messages.ts';
import { OwnIdentity } from './own-identity.ts';

async function identityOn(builder: ChainBuilder) {
  const { chain } = await openMemoryChain(builder.params);
  const identity = new OwnIdentity({ nodeName: 'tester', agent: 'mini-bitcoin/test' }, chain, () => 1_234);
  return { chain, identity };
}

describe('what a node says of itself', () => {
  it('is a handshake that others can read, with and without a chain', async () => {
    const builder = new ChainBuilder().extend(3);
    const { chain, identity } = await identityOn(builder);
    const request = (): HelloRequest => ({
      ...identity.about(),
      ...{ url: null, port: null, call_id: identity.newCall('http://a'), answers_call: null },
    });
    expect(identity.tip()).toBeNull();
    expect(Value.Check(HelloRequest, request())).toBe(true);

    for (const { block } of builder.all) await chain.acceptBlock(block);
    expect(identity.tip()).toEqual({
      height: 3,
      hash: builder.last.hash,
      chain_work: chain.tip?.chainWork.toString(),
    });
    expect(Value.Check(TipClaim, identity.tip())).toBe(true);
    expect([...Value.Errors(HelloRequest, request())]).toEqual([]);
    expect(request()).toMatchObject({
      protocol: P2P_VERSION,
      node_name: 'tester',
      agent: 'mini-bitcoin/test',
      time: 1_234,
      params: { retarget_interval: '10' },
    });
  });

  it('has another number at each start', async () => {
    const builder = new ChainBuilder();
    const [a, b] = [await identityOn(builder), await identityOn(builder)];
    expect(a.identity.nodeId).not.toBe(b.identity.nodeId);
  });
});

describe('calls that it made', () => {
  it('are known by their number and where they went', async () => {
    const { identity } = await identityOn(new ChainBuilder());
    const [toA, toB] = [identity.newCall('http://a'), identity.newCall('http://b')];
    expect(identity.made(toA, 'http://a')).toBe(true);
    expect(identity.made(toA, 'http://b')).toBe(false);
    expect(identity.made(toB, 'http://a')).toBe(false);
    expect(identity.madeAny(toB)).toBe(true);
    expect(identity.madeAny('00'.repeat(16))).toBe(false);
  });

  it('are forgotten after some thousands', async () => {
    const { identity } = await identityOn(new ChainBuilder());
    const first = identity.newCall('http://a');
    for (let i = 0; i < 2_000; i++) identity.newCall('http://b');
    expect(identity.made(first, 'http://a')).toBe(false);
    expect(identity.madeAny(first)).toBe(false);
  });
});
