/** Who has coins in a sandbox. The keys are made for it and go with it. */
import type { Address } from '../consensus/index.ts';
import { SANDBOX_ROLES, type SandboxRole } from '../protocol/index.ts';
import { createWallet, type Wallet } from '../wallet/index.ts';

export class Roles {
  private readonly wallets: ReadonlyMap<SandboxRole, Wallet>;

  constructor() {
    this.wallets = new Map(SANDBOX_ROLES.map((role) => [role, createWallet()]));
  }

  walletOf(role: SandboxRole): Wallet {
    const wallet = this.wallets.get(role);
    if (wallet === undefined) throw new Error(`invariant: no wallet of ${role}`);
    return wallet;
  }

  addressOf(role: SandboxRole): Address {
    return this.walletOf(role).address;
  }

  ownerOf(address: Address | undefined): SandboxRole | undefined {
    return SANDBOX_ROLES.find((role) => this.addressOf(role) === address);
  }
}
