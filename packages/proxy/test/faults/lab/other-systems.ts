import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { digestId, signedTokenId } from "../../../src/tokens/token-id.ts";
import { TestFolder } from "../../support/folder.ts";
import { sign } from "../../tokens/jwt-issuer.ts";
import type { Token } from "./cluster.ts";

/** How long a token without an expiry of its own opens consoles, from its first use on, in seconds. */
export const FIRST_USE_SECONDS = 5;

/** How long a JWT is valid, in seconds. */
const JWT_SECONDS = 600;

const LISTED = "a-token-of-a-file";

/** Systems other than the gateways that issue tokens: one that signs them, and one that lists them in a file. */
export class OtherSystems implements AsyncDisposable {
  /** In the file. */
  readonly listed: Token = { token: LISTED, id: digestId(LISTED), expiresAt: 0 };
  readonly #folder: TestFolder;
  readonly #secret = randomBytes(32);
  #target = "";

  private constructor(folder: TestFolder) {
    this.#folder = folder;
  }

  static async create(): Promise<OtherSystems> {
    const systems = new OtherSystems(await TestFolder.create());
    await writeFile(systems.#folder.join("key"), systems.#secret.toString("base64url"));
    await writeFile(systems.#folder.join("tokens"), "");
    return systems;
  }

  /** What a gateway has to know of them. */
  get config(): Readonly<Record<string, object>> {
    const jwt = { type: "jwt", key_file: this.#folder.join("key"), console_type: "serial" };
    const file = { type: "file", path: this.#folder.join("tokens"), console_type: "serial" };
    return {
      consoleauth: { enforce_session_timeout: true, token_ttl: FIRST_USE_SECONDS },
      tokens: { sources: [jwt, file] },
    };
  }

  /** From now on, tokens are for this console. */
  async write(target: string): Promise<void> {
    this.#target = target;
    await writeFile(this.#folder.join("tokens"), `${LISTED}: ${target}\n`);
  }

  /** Signs a token. */
  async jwt(user: string, claims: object = {}): Promise<Token> {
    const [host, port] = this.#target.split(":");
    const exp = Math.floor(Date.now() / 1000) + JWT_SECONDS;
    const token = await sign({ host, port: Number(port), sub: user, exp, ...claims }, "HS256", this.#secret);
    return { token, id: signedTokenId(token), expiresAt: exp * 1000 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}
