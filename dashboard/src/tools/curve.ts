/** From private keys to addresses and signatures: what tools do with the curve. */
export { sha256 } from '../../../src/consensus/hash.ts';
export { createWallet, InvalidPrivateKeyError, walletFromPrivateKey } from '../../../src/wallet/keys.ts';
export { signTransaction } from '../../../src/wallet/payment.ts';
