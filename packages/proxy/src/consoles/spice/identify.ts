import type { ClientPreview, IdentifiedChannel } from "../identified-channel.ts";
import { ChannelType, LINK_HEADER_BYTES, linkMessageBytes, readLinkMessage } from "./link-message.ts";
import { SessionNumberFinder } from "./session-number-finder.ts";

/**
 * Reads the link message with which a client opens a channel. The main channel begins a session; all others carry the
 * number that the server gave that session in `SPICE_MSG_MAIN_INIT`.
 *
 * @throws EndError `protocol_error` when it is malformed or too long.
 */
export async function identifySpiceChannel(client: ClientPreview): Promise<IdentifiedChannel> {
  const bytes = linkMessageBytes(await client.peek(LINK_HEADER_BYTES));
  const { channelType, connectionId, hasMiniHeader } = readLinkMessage(await client.peek(bytes));
  return {
    joins: channelType === ChannelType.main ? undefined : connectionId,
    watchTarget: (onNumber) => new SessionNumberFinder(hasMiniHeader, onNumber),
  };
}
