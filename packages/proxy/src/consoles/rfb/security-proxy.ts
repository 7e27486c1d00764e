import { EndError } from "../../end-reason.ts";
import { type AuthScheme, NONE } from "../../targets/rfb/auth-scheme.ts";
import { encodeReason, encodeRefusal, NO_AGREEMENT, readReason } from "../../targets/rfb/security-result.ts";
import type { StageTarget } from "../../targets/stage.ts";
import type { Negotiation, NegotiationClient } from "../negotiation.ts";

/** The only version that the gateway speaks itself (RFC 6143, section 7.1.1). */
const VERSION = Buffer.from("RFB 003.008\n");

const ONLY_NONE = "Only the security type 1 (NONE) is supported";

/** Stands for no security type. */
const INVALID = Buffer.of(0);

/** A stage that agrees with a VNC server on RFB 3.8. */
export async function agreeOnVersion(target: StageTarget): Promise<void> {
  const version = await target.read(VERSION.length);
  if (!version.equals(VERSION)) {
    const cause = `the server begins with ${quote(version)}; expected ${quote(VERSION)}`;
    throw new EndError("target_security_failed", "the console does not speak RFB 3.8", { cause });
  }
  target.write(VERSION);
}

/**
 * Security in RFB as Nova's proxy does it: the gateway authenticates to the server, and the client, which has a token,
 * is offered no security but None. Follows {@link agreeOnVersion}; the SecurityResult is passed on to the client.
 *
 * @param schemes - what the gateway may use, the preferred first.
 */
export function createSecurityProxy(schemes: readonly AuthScheme[]): Negotiation {
  return async (target, client, { endpoint }) => {
    client.write(VERSION);
    await expectVersion(client);
    const offered = await readOffer(target, client);
    await expectNone(target, client);
    const scheme = schemes.find(({ securityType }) => offered.includes(securityType));
    if (scheme === undefined) {
      client.refuse(encodeRefusal(NO_AGREEMENT));
      target.write(INVALID);
      const allowed = schemes.map(({ name }) => name).join(", ");
      const cause = `the server offers the security types ${offered.join(", ")}; vnc.auth_schemes allows ${allowed}`;
      throw new EndError("target_security_failed", "the console offers no security type that the gateway uses", {
        cause,
      });
    }
    target.write(Uint8Array.of(scheme.securityType));
    const result = await scheme.authenticate(target, endpoint).catch((error: unknown) => {
      client.refuse(encodeRefusal(NO_AGREEMENT));
      throw error;
    });
    if (result === undefined) return;
    if (result.refusal !== undefined) {
      client.refuse(result.bytes);
      throw refused(result.refusal);
    }
    client.write(result.bytes);
  };
}

async function expectVersion(client: NegotiationClient): Promise<void> {
  const version = await client.read(VERSION.length);
  if (version.equals(VERSION)) return;
  throw new EndError("protocol_error", `the client begins with ${quote(version)}; expected ${quote(VERSION)}`);
}

/** Reads the server's security types (RFC 6143, section 7.1.2). */
async function readOffer(target: StageTarget, client: NegotiationClient): Promise<Buffer> {
  const count = (await target.read(1)).readUInt8();
  if (count > 0) return await target.read(count);
  const reason = await readReason(target);
  client.refuse(Buffer.concat([INVALID, encodeReason(reason)]));
  throw refused(reason);
}

async function expectNone(target: StageTarget, client: NegotiationClient): Promise<void> {
  client.write(Buffer.of(1, NONE.securityType));
  const chosen = (await client.read(1)).readUInt8();
  if (chosen === NONE.securityType) return;
  client.refuse(encodeRefusal(ONLY_NONE));
  target.write(INVALID);
  throw new EndError("protocol_error", `the client chose the security type ${chosen}; expected 1 (None)`);
}

function refused(reason: Buffer): EndError {
  const cause = `the server's reason is ${JSON.stringify(reason.toString())}`;
  return new EndError("target_security_failed", "the console refused the gateway", { cause });
}

function quote(bytes: Buffer): string {
  return JSON.stringify(bytes.toString("latin1"));
}
