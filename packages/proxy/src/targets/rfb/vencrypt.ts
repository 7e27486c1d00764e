import { EndError } from "../../end-reason.ts";
import type { Endpoint } from "../../net/endpoint.ts";
import type { StageTarget } from "../stage.ts";
import type { TlsFiles } from "../tls-files.ts";
import { closedAfterTls, isTlsError, startTls, tlsFailure } from "../tls.ts";
import type { AuthScheme } from "./auth-scheme.ts";
import { readSecurityResult, type SecurityResult } from "./security-result.ts";
import { answerChallenge } from "./vnc-auth.ts";

/** Subtypes whose TLS has a certificate of the server (RFB community specification, "VeNCrypt"). */
const Subtype = { x509None: 260, x509Vnc: 261, x509Plain: 262 } as const;

const SUBTYPE_BYTES = 4;

/** What {@link VeNCrypt} needs. */
export interface VeNCryptOptions {
  /** The trusted authorities, and the certificate of the gateway. */
  readonly files: TlsFiles;
  /** Whether a server's certificate has to be for the name or address that was dialed. */
  readonly checkServerName: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/**
 * VeNCrypt 0.2 with an X.509 certificate of the server, which is verified: without a password, or with the configured
 * ones. Subtypes that it does not know, or has no credentials for, are passed over.
 */
export class VeNCrypt implements AuthScheme {
  readonly name = "vencrypt";
  readonly securityType = 19;
  readonly #options: VeNCryptOptions;
  /** The usable subtypes, the preferred first: a password is sent only to servers that want one. */
  readonly #subtypes: readonly number[];

  constructor(options: VeNCryptOptions) {
    this.#options = options;
    const { username, password } = options;
    this.#subtypes = [
      Subtype.x509None,
      ...(username === undefined ? [] : [Subtype.x509Plain]),
      ...(password === undefined ? [] : [Subtype.x509Vnc]),
    ];
  }

  async authenticate(target: StageTarget, endpoint: Endpoint): Promise<SecurityResult> {
    await agreeOnVersion(target);
    const subtype = await this.#choose(target);
    await this.#encrypt(target, endpoint);
    try {
      await this.#sendCredentials(target, subtype);
      // Servers of TLS 1.3 check the gateway's certificate only now, so this is where a refusal shows.
      return await readSecurityResult(target);
    } catch (error) {
      throw afterTls(error);
    }
  }

  async #choose(target: StageTarget): Promise<number> {
    const count = (await target.read(1)).readUInt8();
    const list = await target.read(SUBTYPE_BYTES * count);
    const offered = Array.from({ length: count }, (_, index) => list.readUInt32BE(SUBTYPE_BYTES * index));
    const subtype = this.#subtypes.find((usable) => offered.includes(usable));
    if (subtype === undefined) {
      const cause = `the server offers the VeNCrypt subtypes ${offered.join(", ") || "none"}; usable are ${this.#subtypes.join(", ")}`;
      throw new EndError("target_security_failed", "the console offers no kind of VeNCrypt that the gateway can use", {
        cause,
      });
    }
    const choice = Buffer.alloc(SUBTYPE_BYTES);
    choice.writeUInt32BE(subtype);
    target.write(choice);
    if ((await target.read(1)).readUInt8() === 0) {
      const cause = `the server refused the VeNCrypt subtype ${subtype}`;
      throw new EndError("target_security_failed", "the console refused the kind of VeNCrypt that it offered", {
        cause,
      });
    }
    return subtype;
  }

  async #encrypt(target: StageTarget, endpoint: Endpoint): Promise<void> {
    const { files, checkServerName } = this.#options;
    const secureContext = await files.context();
    // The path of a Unix socket is no name that a certificate could be for.
    const host = endpoint.type === "unix" ? "localhost" : endpoint.host;
    await startTls({ host, secureContext, checkServerName })(target);
  }

  async #sendCredentials(target: StageTarget, subtype: number): Promise<void> {
    const { username = "", password = "" } = this.#options;
    if (subtype === Subtype.x509Vnc) target.write(answerChallenge(password, await target.read(16)));
    if (subtype !== Subtype.x509Plain) return;
    const [user, secret] = [Buffer.from(username), Buffer.from(password)];
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32BE(user.length, 0);
    lengths.writeUInt32BE(secret.length, 4);
    target.write(Buffer.concat([lengths, user, secret]));
  }
}

async function agreeOnVersion(target: StageTarget): Promise<void> {
  const [major, minor] = await target.read(2);
  if (major !== 0 || minor !== 2) {
    const cause = `the server speaks VeNCrypt ${major}.${minor}; expected 0.2`;
    throw new EndError("target_security_failed", "the console speaks another version of VeNCrypt", { cause });
  }
  target.write(Uint8Array.of(0, 2));
  const [answer] = await target.read(1);
  if (answer === 0) return;
  const cause = `the server answered version 0.2 with ${answer}; expected 0`;
  throw new EndError("target_security_failed", "the console refused the version of VeNCrypt", { cause });
}

/** A server that closes right behind the TLS handshake has most likely refused the gateway's certificate, or misses one. */
function afterTls(error: unknown): unknown {
  if (!(error instanceof EndError) || error.reason !== "target_unreachable") return error;
  const { cause: below } = error;
  if (below instanceof Error && isTlsError(below)) return tlsFailure(below);
  return closedAfterTls("vnc.vencrypt_client_cert", error.message);
}
