/**
 * The key that lessons play with. It is made here and kept for this tab only, so coins on it are lost when the tab is closed:
 * FundsStep and MineButton tell so.
 */
import { bytesToHex, hexToBytes } from '../../../../src/consensus/bytes.ts';
import { type Address, sha256 } from '../../../../src/consensus/hash.ts';
import { createWallet, type Wallet, walletFromPrivateKey } from '../../../../src/wallet/keys.ts';

const NAME = 'mini-bitcoin.play-key';

function keptOrNew(): Wallet {
  try {
    const kept = sessionStorage.getItem(NAME);
    if (kept !== null) return walletFromPrivateKey(kept);
  } catch {
    // Storage is forbidden, or holds something else: then a new one.
  }
  const wallet = createWallet();
  try {
    sessionStorage.setItem(NAME, wallet.privateKey);
  } catch {
    // Then it is kept until the page is loaded anew.
  }
  return wallet;
}

export const playKey = keptOrNew();

/** Whom the lessons pay: another key, which follows from the first. */
export const shop: Address = walletFromPrivateKey(bytesToHex(sha256(hexToBytes(playKey.privateKey)))).address;
