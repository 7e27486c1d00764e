import type { NamedCheck } from "./health.ts";
import { Locker, type LockerOptions } from "./locker.ts";
import { TokenRevoker, type TokenRevokerOptions } from "./token-revoker.ts";

/** How a gateway takes access away before it expires: it revokes tokens, and locks users, machines and addresses. */
export class Withdrawals {
  readonly revoker: TokenRevoker;
  readonly locker: Locker;

  constructor(options: TokenRevokerOptions & LockerOptions) {
    this.revoker = new TokenRevoker(options);
    this.locker = new Locker(options);
  }

  /** What has to be well for `/readyz`: after a restart, what is not written would not be withdrawn. */
  get checks(): readonly NamedCheck[] {
    return [
      { name: "revocations", source: this.revoker },
      { name: "locks", source: this.locker },
    ];
  }

  /** Tries a last time to write. */
  async close(): Promise<void> {
    await this.revoker.close();
    await this.locker.close();
  }
}
