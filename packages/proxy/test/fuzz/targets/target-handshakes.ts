import { agreeOnVersion, createSecurityProxy } from "../../../src/consoles/rfb/security-proxy.ts";
import { EndError } from "../../../src/end-reason.ts";
import type { Grant } from "../../../src/index.ts";
import { requestPath } from "../../../src/targets/connect-request.ts";
import { NONE } from "../../../src/targets/rfb/auth-scheme.ts";
import { VeNCrypt } from "../../../src/targets/rfb/vencrypt.ts";
import type { StageTarget } from "../../../src/targets/stage.ts";
import { TlsFiles } from "../../../src/targets/tls-files.ts";
import { type FuzzTarget, pureTarget } from "../target.ts";

const VERSION = Buffer.from("RFB 003.008\n");
const REFUSALS: ReadonlySet<string> = new Set(["target_unreachable", "target_security_failed"]);

/** A target whose bytes are all there; it speaks no TLS. */
class TargetOf implements StageTarget {
  #unread: Buffer;

  constructor(bytes: Buffer) {
    this.#unread = bytes;
  }

  async read(length: number): Promise<Buffer> {
    if (this.#unread.length < length) throw new EndError("target_unreachable", "the input ends");
    const bytes = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    return bytes;
  }

  async readThrough(end: string, limit: number): Promise<Buffer> {
    const length = this.#unread.indexOf(end) + end.length;
    return await this.read(length < end.length || length > limit ? Infinity : length);
  }

  write(): void {}

  replace(): never {
    throw new EndError("target_unreachable", "TLS begins");
  }
}

const files = new TlsFiles({ ca: undefined, cert: undefined, key: undefined, onUnusable: () => {} });
const vencrypt = new VeNCrypt({ files, checkServerName: false, username: "ada", password: "secret" });
const negotiate = createSecurityProxy([vencrypt, NONE]);
const connect = requestPath("/vm");
const grant = { endpoint: { type: "tcp", host: "127.0.0.1", port: 5900 } } as Grant;

/** What a console says before its bytes are relayed: it is agreed with, or refused with an EndError. */
export const targetHandshakes: FuzzTarget = pureTarget(
  "target-handshakes",
  [
    "HTTP/1.1 200 OK\r\n\r\nRFB 003.008\n\x01\x01",
    "HTTP/1.1 200\r\nA: b\r\n\r\nRFB 003.008\n\x02\x02\x13\x00\x02\x00\x01\x00\x00\x01\x04\x01",
    "HTTP/1.0 200 \r\n\r\nRFB 003.008\n\x00\x00\x00\x00\x06cheese",
    "HTTP/1.1 200 OK\r\n\r\nRFB 003.008\n\x02\x02\x05",
    "HTTP/1.1 404 See-200-docs\r\n\r\n",
  ],
  async (input) => {
    const target = new TargetOf(input);
    const answers = [VERSION, Buffer.of(1)];
    const client = { read: async () => answers.shift() ?? Buffer.of(), write: () => {}, refuse: () => {} };
    try {
      await connect(target);
      await agreeOnVersion(target);
      await negotiate(target, client, grant);
      return "agreed";
    } catch (error) {
      if (error instanceof EndError && REFUSALS.has(error.reason)) return error.message;
      throw error;
    }
  },
);
