import { EndError } from "../../end-reason.ts";
import { type Handshake, read } from "../view-only-filter.ts";
import { LINK_HEADER_BYTES, linkMessageBytes, readLinkMessage, readLinkReply } from "./link-message.ts";
import { AUTH_MECHANISM_BYTES, AUTH_SPICE, TICKET_BYTES } from "./ticket.ts";
import { ViewOnlyChannel } from "./view-only-channel.ts";

/**
 * Follows the handshake of a SPICE channel: the link message, the server's reply, and the ticket.
 *
 * @throws EndError `forbidden` for a way to authenticate that encrypts what follows.
 */
export function* followLink(): Handshake {
  const header = yield* read("client", LINK_HEADER_BYTES);
  const message = yield* read("client", linkMessageBytes(header) - LINK_HEADER_BYTES);
  const link = readLinkMessage(Buffer.concat([header, message]));
  const replyHeader = yield* read("target", LINK_HEADER_BYTES);
  const reply = yield* read("target", linkMessageBytes(replyHeader) - LINK_HEADER_BYTES);
  if (reply.readUInt32LE() !== 0) return undefined;
  const agreed = readLinkReply(reply);
  if (link.selectsAuth && agreed.selectsAuth) {
    const mechanism = (yield* read("client", AUTH_MECHANISM_BYTES)).readUInt32LE();
    if (mechanism !== AUTH_SPICE) {
      const cause = `the client chose the way ${mechanism} to authenticate; expected ${AUTH_SPICE}`;
      throw new EndError("forbidden", "the gateway cannot enforce view-only access with this sign-in", { cause });
    }
  }
  yield* read("client", TICKET_BYTES);
  return new ViewOnlyChannel(link.channelType, link.hasMiniHeader && agreed.hasMiniHeader);
}
