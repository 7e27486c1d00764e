import type { Bytes } from "./encodings.ts";

/** Interpret As Command, and the commands that are followed by an option (RFC 854). */
const IAC = 255;
const [SE, SB, WILL, WONT, DO, DONT] = [240, 250, 251, 252, 253, 254] as const;
/** The options that both sides may use: binary transmission (RFC 856), echo (857) and no go-ahead (858). */
const [BINARY, ECHO, SUPPRESS_GO_AHEAD] = [0, 1, 3] as const;
/** Options that the terminal never turns on itself: the machine echoes. */
const OFFERS: ReadonlySet<number> = new Set([BINARY, SUPPRESS_GO_AHEAD]);
const ACCEPTED: ReadonlySet<number> = new Set([BINARY, ECHO, SUPPRESS_GO_AHEAD]);

type Phase = "data" | "command" | "option" | "subnegotiation" | "subnegotiation-command";

/**
 * The telnet protocol of a serial port that is offered by telnet, for example by QEMU's
 * `-serial telnet:` or a terminal server. It takes negotiation out of the output and answers it: binary,
 * echo by the machine, and no go-ahead; everything else is refused.
 *
 * A connection is telnet if its first bytes are a negotiation. UTF-8 text never begins with 0xFF.
 */
export class Telnet {
  readonly #reply: (bytes: Bytes) => void;
  #active: boolean | undefined;
  #phase: Phase = "data";
  #command = 0;
  /** Options that were answered, so that no exchange of answers goes on forever (RFC 854). */
  readonly #answered = new Set<number>();
  /** The first byte, until the second tells whether it is a negotiation. */
  #held: Uint8Array | undefined;

  /** @param reply - sends bytes that are not input of the user */
  constructor(reply: (bytes: Bytes) => void) {
    this.#reply = reply;
  }

  /** Whether the other side speaks telnet. */
  get active(): boolean {
    return this.#active === true;
  }

  /** Takes the negotiation out of the machine's output and answers it. */
  receive(received: Uint8Array): Uint8Array {
    if (this.#active === false || received.length === 0) return received;
    const bytes = this.#held ? Uint8Array.from([...this.#held, ...received]) : received;
    this.#held = undefined;
    if (this.#active === undefined) {
      if (bytes.length === 1 && bytes[0] === IAC) {
        this.#held = bytes;
        return new Uint8Array();
      }
      this.#active = bytes[0] === IAC && (bytes[1] ?? 0) >= SB && (bytes[1] ?? 0) < IAC;
      if (!this.#active) return bytes;
    }
    return this.#strip(bytes);
  }

  /** Escapes data for the other side: IAC is sent twice. */
  static escape(bytes: Bytes): Bytes {
    return bytes.includes(IAC)
      ? Uint8Array.from([...bytes].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])))
      : bytes;
  }

  #strip(bytes: Uint8Array): Uint8Array {
    const data = new Uint8Array(bytes.length);
    let length = 0;
    for (const byte of bytes) {
      if (this.#phase === "data" && byte !== IAC) data[length++] = byte;
      else if (this.#next(byte)) data[length++] = IAC;
    }
    return data.subarray(0, length);
  }

  /** Processes a byte of a command. Returns whether it was an escaped 0xFF of data. */
  #next(byte: number): boolean {
    switch (this.#phase) {
      case "data":
        this.#phase = "command";
        return false;
      case "command":
        this.#command = byte;
        if (byte === SB) this.#phase = "subnegotiation";
        else this.#phase = byte >= WILL && byte <= DONT ? "option" : "data";
        return byte === IAC;
      case "option":
        this.#phase = "data";
        this.#answer(this.#command, byte);
        return false;
      case "subnegotiation":
        if (byte === IAC) this.#phase = "subnegotiation-command";
        return false;
      case "subnegotiation-command":
        this.#phase = byte === SE ? "data" : "subnegotiation";
        return false;
    }
  }

  #answer(command: number, option: number): void {
    if (command === WONT || command === DONT) return;
    const key = command * 256 + option;
    if (this.#answered.has(key)) return;
    this.#answered.add(key);
    const [accepted, yes, no] = command === WILL ? [ACCEPTED, DO, DONT] : [OFFERS, WILL, WONT];
    this.#reply(Uint8Array.of(IAC, accepted.has(option) ? yes : no, option));
  }
}
