import type RFB from "@novnc/novnc";
import type { ViewerCloseReason } from "../../connection/model/close-info.ts";
import { reportError } from "../../util/report-error.ts";
import type { CredentialStore } from "./credentials.ts";
import type { VncCredentials, VncOptions } from "./options.ts";
import { identityOf } from "./server-identity.ts";

/** The options of {@link authenticate}. */
export type AuthenticationOptions = Pick<VncOptions, "onCredentialsRequired" | "onServerVerification">;

/** Callbacks of {@link authenticate}. */
export interface AuthenticationOwner {
  /** The client waits for the user. */
  waiting(): void;
  /** The user answered. */
  answered(): void;
  failed(detail: string, reason?: ViewerCloseReason): void;
}

/**
 * Asks the page what one connection needs to sign in: each question once.
 *
 * @param over - aborted when the connection ends, for prompts that are still open
 */
export function authenticate(
  rfb: RFB,
  options: AuthenticationOptions,
  credentials: CredentialStore,
  owner: AuthenticationOwner,
  over: AbortSignal,
): void {
  const authentication = new Authentication(rfb, options, credentials, owner, over);
  rfb.addEventListener("credentialsrequired", ({ detail }) => void authentication.authenticate(detail.types));
  rfb.addEventListener("serververification", ({ detail }) => {
    void authentication.verify(detail.type, detail.publickey);
  });
}

class Authentication {
  readonly #rfb: RFB;
  readonly #options: AuthenticationOptions;
  readonly #credentials: CredentialStore;
  readonly #owner: AuthenticationOwner;
  readonly #over: AbortSignal;
  #isAsking = false;

  constructor(
    rfb: RFB,
    options: AuthenticationOptions,
    credentials: CredentialStore,
    owner: AuthenticationOwner,
    over: AbortSignal,
  ) {
    this.#rfb = rfb;
    this.#options = options;
    this.#credentials = credentials;
    this.#owner = owner;
    this.#over = over;
  }

  async authenticate(types: readonly (keyof VncCredentials)[]): Promise<void> {
    // noVNC asks again when more of the server's question arrives (Apple's security type 30).
    if (this.#isAsking) return;
    this.#isAsking = true;
    const ask = this.#options.onCredentialsRequired;
    const wanted = `the VNC server asks for ${types.join(", ")}`;
    if (!ask) {
      this.#owner.failed(wanted, "credentials_rejected");
      return;
    }
    this.#owner.waiting();
    try {
      const rejected = this.#credentials.wasRejected;
      const answer = await ask(types, { signal: this.#over, rejected });
      if (this.#over.aborted) return;
      this.#credentials.answered(answer);
    } catch {
      if (!this.#over.aborted) this.#owner.failed(`no credentials were given: ${wanted}`, "credentials_rejected");
      return;
    }
    const { current } = this.#credentials;
    const missing = types.filter((type) => current[type] === undefined);
    if (missing.length > 0) {
      this.#owner.failed(`${wanted}, but onCredentialsRequired gave no ${missing.join(", ")}`, "credentials_rejected");
      return;
    }
    this.#owner.answered();
    this.#rfb.sendCredentials(current);
  }

  async verify(type: string, publicKey: Uint8Array): Promise<void> {
    const ask = this.#options.onServerVerification;
    if (!ask) {
      this.#owner.failed("the VNC server wants its identity to be verified", "server_not_trusted");
      return;
    }
    if (!isSecureContext) {
      this.#owner.failed("the VNC server's identity can be verified over HTTPS only");
      return;
    }
    this.#owner.waiting();
    let approved = false;
    try {
      const context = { signal: this.#over, rejected: false };
      approved = await ask(await identityOf(type, publicKey), context);
    } catch (error) {
      reportError(error);
    }
    if (this.#over.aborted) return;
    if (approved) {
      this.#owner.answered();
      this.#rfb.approveServer();
    } else this.#owner.failed("the VNC server's identity was not approved", "server_not_trusted");
  }
}
