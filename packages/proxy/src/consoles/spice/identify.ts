import type { ClientPreview, IdentifiedChannel } from "../identified-channel.ts";
import { HandshakeWatch } from "./handshake-watch.ts";
import { ChannelType, LINK_HEADER_BYTES, linkMessageBytes, readLinkMessage } from "./link-message.ts";
import { AUTH_MECHANISM_BYTES, TICKET_BYTES } from "./ticket.ts";

/**
 * Reads the link message with which a client opens a channel. The main channel begins a session; all others carry the
 * number that the server gave that session in `SPICE_MSG_MAIN_INIT`.
 *
 * @throws EndError `protocol_error` when it is malformed or too long.
 */
export async function identifySpiceChannel(client: ClientPreview): Promise<IdentifiedChannel> {
  const bytes = linkMessageBytes(await client.peek(LINK_HEADER_BYTES));
  const link = readLinkMessage(await client.peek(bytes));
  return {
    joins: link.channelType === ChannelType.main ? undefined : link.connectionId,
    handshakeBytes: bytes + (link.selectsAuth ? AUTH_MECHANISM_BYTES : 0) + TICKET_BYTES,
    watchTarget: (events) => new HandshakeWatch(link, events),
  };
}
