import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  checkSignatureEncoding,
  hexToBytes,
  sighash,
  transactionSize,
  type Txid,
  ZERO_HASH,
} from '../consensus/index.ts';
import {
  buildAtRate,
  buildPayment,
  createWallet,
  draftPayment,
  formatCoins,
  InsufficientFundsError,
  InvalidAmountError,
  InvalidPrivateKeyError,
  parseAmount,
  selectCoins,
  signTransaction,
  sizeWhenSigned,
  verifySignature,
  walletFromPrivateKey,
} from './index.ts';

const alice = walletFromPrivateKey('0000000000000000000000000000000000000000000000000000000000000001');
const coin = (amount: number, index = 0) => ({ txid: ZERO_HASH as Txid, index, amount });

describe('keys', () => {
  it('derives the known address of private key 1', () => {
    expect(alice.address).toBe('751e76e8199196d454941c45d1b3a323f1433bd6');
  });

  it('makes different wallets that can be restored from their private key', () => {
    const wallet = createWallet();
    expect(walletFromPrivateKey(wallet.privateKey.toUpperCase())).toEqual(wallet);
    expect(createWallet().address).not.toBe(wallet.address);
  });

  it.each([
    ['too short', 'ab'],
    ['not hex', 'z'.repeat(64)],
    ['zero', '0'.repeat(64)],
    ['too large', 'f'.repeat(64)],
  ])('refuses a key that is %s, without repeating it', (_, key) => {
    expect(() => walletFromPrivateKey(key)).toThrow(InvalidPrivateKeyError);
    expect(() => walletFromPrivateKey(key)).not.toThrow(key);
  });
});

describe('amounts', () => {
  it.each([
    ['1500', 1500],
    ['1_500', 1500],
    ['1.5coin', 150_000_000],
    ['0.00000001 coins', 1],
    ['21000000coin', 2_100_000_000_000_000],
    ['7 units', 7],
  ])('reads %s', (text, amount) => {
    expect(parseAmount(text)).toBe(amount);
  });

  it.each(['', '-1', '1.5', '1e3', 'abc', '0.123456789coin', '99999999999999999999', '1,5coin'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseAmount(text)).toThrow(InvalidAmountError);
    },
  );

  it('formats and reads back', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (amount) => {
        expect(parseAmount(`${formatCoins(amount)}coin`)).toBe(amount);
      }),
    );
  });
});

describe('payments', () => {
  it('takes the smallest coin that is enough, else the largest first', () => {
    expect(selectCoins([coin(10), coin(7, 1), coin(100, 2)], 7)).toEqual([coin(7, 1)]);
    expect(selectCoins([coin(10), coin(7, 1), coin(9, 2)], 18)).toEqual([coin(10), coin(9, 2)]);
    expect(() => selectCoins([coin(1)], 2)).toThrow(InsufficientFundsError);
  });

  it('pays, gives change back and signs every input', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 500_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (amounts, amount, fee) => {
          const coins = amounts.map((value, index) => coin(value, index));
          const available = amounts.reduce((a, b) => a + b, 0);
          const request = {
            coins,
            privateKey: alice.privateKey,
            to: '11'.repeat(20) as Address,
            amount,
            fee,
          };
          if (available < amount + fee) {
            expect(() => buildPayment(request)).toThrow(InsufficientFundsError);
            return;
          }
          const { transaction, spent, change } = buildPayment(request);
          const paid = transaction.outputs.reduce((sum, output) => sum + output.amount, 0);
          expect(spent.reduce((sum, { amount: worth }) => sum + worth, 0)).toBe(paid + fee);
          expect(transaction.outputs).toHaveLength(change > 0 ? 2 : 1);
          for (const [index, input] of transaction.inputs.entries()) {
            const encoding = checkSignatureEncoding(input.signature);
            expect(encoding.ok).toBe(true);
            if (!encoding.ok) return;
            const check = {
              digest: sighash(transaction, index, alice.address),
              compactSignature: encoding.value,
              pubkey: hexToBytes(alice.publicKey),
            };
            expect(verifySignature(check)).toBe(true);
            expect(verifySignature({ ...check, digest: new Uint8Array(32) })).toBe(false);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('a draft needs no key, pays its rate, and gets no larger by its signatures than was said', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 50_000 }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (amounts, amount, rate) => {
          const coins = amounts.map((value, index) => coin(value, index));
          const to = '11'.repeat(20) as Address;
          const total = (of: readonly { amount: number }[]): number =>
            of.reduce((sum, { amount: worth }) => sum + worth, 0);
          const build = (fee: number): ReturnType<typeof draftPayment> =>
            draftPayment({ coins, from: alice.address, to, amount, fee });
          let draft;
          try {
            draft = buildAtRate(build, ({ transaction }) => sizeWhenSigned(transaction), rate);
          } catch (error) {
            expect(error).toBeInstanceOf(InsufficientFundsError);
            expect(total(coins)).toBeLessThan(amount + Math.ceil(rate * 1_000));
            return;
          }
          const fee = total(draft.spent) - total(draft.transaction.outputs);
          const size = transactionSize(signTransaction(draft.transaction, alice.privateKey));
          expect(size).toBeLessThanOrEqual(sizeWhenSigned(draft.transaction));
          expect(fee).toBeGreaterThanOrEqual(rate * size);
          expect(build(fee)).toEqual(draft);
          expect(buildPayment({ coins, privateKey: alice.privateKey, to, amount, fee }).change).toBe(
            draft.change,
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('refuses amounts that are none', () => {
    const request = {
      coins: [coin(100)],
      privateKey: alice.privateKey,
      to: alice.address,
      amount: 1,
      fee: 0,
    };
    expect(() => buildPayment({ ...request, amount: 0 })).toThrow(RangeError);
    expect(() => buildPayment({ ...request, amount: 1.5 })).toThrow(RangeError);
    expect(() => buildPayment({ ...request, fee: -1 })).toThrow(RangeError);
  });

  it('answers false for a key that is not on the curve', () => {
    const pubkey = hexToBytes(`02${'ff'.repeat(32)}`);
    expect(
      verifySignature({ digest: new Uint8Array(32), compactSignature: new Uint8Array(64).fill(1), pubkey }),
    ).toBe(false);
  });
});
