import type { RecordedPiece } from "./format.ts";

const VERSION = 12;
const NONE = 1;
const VNC_AUTHENTICATION = 2;
const CHALLENGE_RESPONSE = 16;
/** The client's choice of a security type, and ClientInit. */
const ONE_BYTE = 1;

/**
 * How many bytes a client sends up to and with ClientInit (RFC 6143, section 7.1 to 7.3.1), in the way of this
 * recording.
 * @throws Error for a security type whose handshake cannot be played again
 */
export function handshakeLength(pieces: readonly RecordedPiece[], file: string): number {
  const said = (from: RecordedPiece["from"]): Buffer =>
    Buffer.concat(pieces.filter((piece) => piece.from === from).map(({ bytes }) => bytes));
  const client = said("client");
  const version = client.subarray(0, VERSION).toString("latin1");
  if (!/^RFB 003\.\d{3}\n$/.test(version)) {
    throw new Error(`${file}: the client begins with ${JSON.stringify(version)}; expected a protocol version of RFB 3`);
  }
  const chooses = version.endsWith("7\n") || version.endsWith("8\n");
  const type = chooses
    ? client[VERSION]
    : said("server")
        .subarray(VERSION, VERSION + 4)
        .at(-1);
  if (type !== NONE && type !== VNC_AUTHENTICATION) {
    throw new Error(
      `${file}: recorded with security type ${type}; expected ${NONE} (none) or ${VNC_AUTHENTICATION} (VNC)`,
    );
  }
  return VERSION + (chooses ? ONE_BYTE : 0) + (type === VNC_AUTHENTICATION ? CHALLENGE_RESPONSE : 0) + ONE_BYTE;
}
