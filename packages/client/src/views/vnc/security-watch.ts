import { cleanName } from "../../util/clean-name.ts";

/** What a server wants that noVNC cannot do, or why it refuses. */
export type SecurityVerdict =
  | { readonly kind: "unsupported"; readonly types: readonly number[] }
  | { readonly kind: "refused"; readonly reason: string };

/** The security types that noVNC 1.7 knows, and those within VeNCrypt. */
const SUPPORTED: ReadonlySet<number> = new Set([1, 2, 6, 16, 19, 22, 30, 113, 256]);
const VENCRYPT = 19;
const VERSION = /^RFB \d{3}\.(\d{3})\n$/;
/** How much of a refusal is read. */
const MAX_REASON_BYTES = 2_000;

/** Names of security types (IANA's registry "Remote Framebuffer Security Types", and VeNCrypt's own). */
const NAMES: Readonly<Record<number, string>> = {
  5: "RA2",
  13: "RealVNC",
  17: "Ultra",
  18: "TLS",
  19: "VeNCrypt",
  20: "SASL",
  21: "MD5",
  23: "Secure Tunnel",
  24: "Integrated SSH",
  35: "Apple",
  129: "RA2_256",
  133: "RealVNC",
  257: "TLS without a password",
  258: "TLS with a password",
  259: "TLS with a user name",
  260: "X.509 without a password",
  261: "X.509 with a password",
  262: "X.509 with a user name",
  263: "TLS with SASL",
  264: "X.509 with SASL",
};

/** Names security types for people: `TLS (18)`. */
export function securityTypeNames(types: readonly number[]): string {
  return types.map((type) => (NAMES[type] === undefined ? String(type) : `${NAMES[type]} (${type})`)).join(", ");
}

/**
 * Reads the beginning of a server's output (RFC 6143, 7.1.1 and 7.1.2; VeNCrypt): noVNC reports neither
 * the security types that it does not support nor a refusal that follows the server's version at once.
 */
export class SecurityWatch {
  #bytes: number[] = [];
  #next: (() => SecurityVerdict | "wait" | undefined) | undefined = () => this.#version();
  #verdict: SecurityVerdict | undefined;

  /** Whether the rest of the output is of no interest. */
  get done(): boolean {
    return this.#next === undefined;
  }

  /** Reads the next bytes. Returns a verdict once. */
  read(data: Uint8Array): SecurityVerdict | undefined {
    if (this.done) return undefined;
    // Enough for every message of the handshake.
    this.#bytes.push(...data.subarray(0, 2 * MAX_REASON_BYTES));
    while (this.#next) {
      const result = this.#next();
      if (result === "wait") return undefined;
      if (result === undefined) continue;
      this.#next = undefined;
      return result;
    }
    this.#bytes = [];
    return this.#verdict;
  }

  #take(count: number): number[] | undefined {
    return this.#bytes.length < count ? undefined : this.#bytes.splice(0, count);
  }

  #version(): "wait" | undefined {
    const version = this.#take(12);
    if (!version) return "wait";
    const minor = Number(VERSION.exec(String.fromCharCode(...version))?.[1]);
    // What is no version is for noVNC to report.
    this.#next = Number.isNaN(minor) ? undefined : minor >= 7 ? () => this.#typeList() : () => this.#type();
    return undefined;
  }

  /** RFB 3.3: the server decides. */
  #type(): SecurityVerdict | "wait" | undefined {
    const type = this.#take(4);
    if (!type) return "wait";
    const number = u32(type);
    this.#next = number === 0 ? () => this.#reason() : undefined;
    return number === 0 || number === 1 || number === 2 ? undefined : { kind: "unsupported", types: [number] };
  }

  /** RFB 3.7 and 3.8: the viewer chooses. */
  #typeList(): SecurityVerdict | "wait" | undefined {
    const count = this.#bytes[0];
    if (count === undefined) return "wait";
    const types = this.#take(1 + count)?.slice(1);
    if (!types) return "wait";
    const chosen = types.find((type) => SUPPORTED.has(type));
    if (count === 0) this.#next = () => this.#reason();
    else if (chosen === VENCRYPT) this.#next = () => this.#subtypes();
    else this.#next = undefined;
    return count > 0 && chosen === undefined ? { kind: "unsupported", types } : undefined;
  }

  /** After VeNCrypt's version (2 bytes) and acknowledgement (1 byte). */
  #subtypes(): SecurityVerdict | "wait" | undefined {
    const count = this.#bytes[3];
    if (count === undefined) return "wait";
    const list = this.#take(4 + 4 * count)?.slice(4);
    if (!list) return "wait";
    const types = Array.from({ length: count }, (_, index) => u32(list.slice(4 * index)));
    this.#next = undefined;
    return types.some((type) => type !== VENCRYPT && SUPPORTED.has(type)) ? undefined : { kind: "unsupported", types };
  }

  #reason(): SecurityVerdict | "wait" {
    const [a, b, c, d] = this.#bytes;
    if (d === undefined) return "wait";
    const length = Math.min(u32([a ?? 0, b ?? 0, c ?? 0, d]), MAX_REASON_BYTES);
    if (this.#bytes.length < 4 + length) return "wait";
    const text = new TextDecoder().decode(Uint8Array.from(this.#bytes.slice(4, 4 + length)));
    return { kind: "refused", reason: cleanName(text) };
  }
}

function u32([a = 0, b = 0, c = 0, d = 0]: readonly number[]): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
