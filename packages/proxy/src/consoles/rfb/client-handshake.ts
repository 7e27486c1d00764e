/** After a byte of the handshake: more bytes follow, that was the last one, or the handshake is not a known one. */
export type HandshakeStep = "more" | "done" | "unknown";

/** The client's ProtocolVersion (RFC 6143, section 7.1.1), less its last digit. */
const VERSION = "RFB 003.00?\n";
const MINOR_AT = VERSION.indexOf("?");
const MINORS: readonly number[] = [0x37, 0x38];
/** Security types (RFC 6143, section 7.2), each with how many bytes the client sends after choosing it. */
const SECURITY_BYTES: ReadonlyMap<number, number> = new Map([
  [1, 0], // None
  [2, 16], // VNC Authentication: the response to the challenge
]);
/** ClientInit (RFC 6143, section 7.3.1): the shared flag. */
const CLIENT_INIT_BYTES = 1;

/**
 * Follows the client's side of an RFB 3.7 or 3.8 handshake up to ClientInit, from the client's bytes alone. In 3.3 the
 * server chooses the security type, and other security types have handshakes or an encryption of their own.
 */
export class ClientHandshake {
  #taken = 0;
  #total = Infinity;

  take(byte: number): HandshakeStep {
    const at = this.#taken;
    this.#taken += 1;
    if (at < VERSION.length) {
      const fits = at === MINOR_AT ? MINORS.includes(byte) : byte === VERSION.charCodeAt(at);
      return fits ? "more" : "unknown";
    }
    if (at === VERSION.length) {
      const more = SECURITY_BYTES.get(byte);
      if (more === undefined) return "unknown";
      this.#total = this.#taken + more + CLIENT_INIT_BYTES;
    }
    return this.#taken === this.#total ? "done" : "more";
  }
}
