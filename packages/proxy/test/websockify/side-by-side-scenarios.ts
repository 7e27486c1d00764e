import { clientFrame, closePayload } from "../support/client-frames.ts";
import { OPCODE, type RawClient, upgradeRequest } from "../support/raw-client.ts";

/** What is behind both programs. */
export type Target = "echo" | "ends" | "none" | "unix" | "tokens";

/** What a client sends, to which command. */
export interface Scenario {
  /** Besides the target; `{web}` is a folder with a page and a folder. */
  readonly args?: readonly string[];
  /** @defaultValue `echo` */
  readonly target?: Target;
  readonly request: string;
  /** What is sent once the upgrade is answered. */
  readonly frames?: readonly Buffer[];
}

const HELLO = Buffer.from("hello");
const ORIGIN = ["--auth-plugin", "ExpectOrigin", "--auth-source", "https://a.example"];
const FOLDER = ["--web", "{web}"];
const PASSWORD = [...FOLDER, "--web-auth", "--auth-plugin", "BasicHTTPAuth", "--auth-source", "ada:x"];

function http(method: string, path: string, headers: readonly string[] = []): string {
  return [`${method} ${path} HTTP/1.1`, "Host: a", ...headers, "Connection: close", "", ""].join("\r\n");
}

function withPassword(credentials: string, scheme = "Basic"): string {
  return upgradeRequest("/", { Authorization: `${scheme} ${credentials}` });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** By what a client does, in the order of the document's table. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "asks for a page, without --web": { request: http("GET", "/") },
  "posts something": { request: http("POST", "/", ["Content-Length: 0"]) },
  "asks for a file of --web": { args: FOLDER, request: http("GET", "/page.html") },
  "asks for its head": { args: FOLDER, request: http("HEAD", "/page.html") },
  "asks for another file": { args: FOLDER, request: http("GET", "/none.html") },
  "asks for a file outside": { args: FOLDER, request: http("GET", "/folder/%2e%2e/%2e%2e/tokens.cfg") },
  "asks for a folder": { args: FOLDER, request: http("GET", "/folder/") },
  "asks for a folder, with --file-only": { args: [...FOLDER, "--file-only"], request: http("GET", "/folder/") },
  "asks for a file, without the password of --web-auth": { args: PASSWORD, request: http("GET", "/page.html") },
  "offers binary": { request: upgradeRequest("/", { "Sec-WebSocket-Protocol": "binary" }) },
  "offers base64, then binary": { request: upgradeRequest("/", { "Sec-WebSocket-Protocol": "base64, binary" }) },
  "offers no subprotocol": { request: upgradeRequest("/") },
  "offers only another subprotocol": { request: upgradeRequest("/", { "Sec-WebSocket-Protocol": "chat" }) },
  "connects to a target that refuses": { target: "none", request: upgradeRequest("/") },
  "connects to a target that ends": { target: "ends", request: upgradeRequest("/") },
  "sends bytes": { request: upgradeRequest("/"), frames: [clientFrame(OPCODE.binary, HELLO)] },
  "sends bytes to a Unix socket": {
    target: "unix",
    request: upgradeRequest("/"),
    frames: [clientFrame(OPCODE.binary, HELLO)],
  },
  "sends text": { request: upgradeRequest("/"), frames: [clientFrame(OPCODE.text, HELLO)] },
  "sends a ping": { request: upgradeRequest("/"), frames: [clientFrame(OPCODE.ping, HELLO)] },
  "sends a frame without a mask": {
    request: upgradeRequest("/"),
    frames: [clientFrame(OPCODE.binary, HELLO, { masked: false })],
  },
  "continues what it did not begin": {
    request: upgradeRequest("/"),
    frames: [clientFrame(OPCODE.continuation, HELLO)],
  },
  "closes with 4000": { request: upgradeRequest("/"), frames: [clientFrame(OPCODE.close, closePayload(4000))] },
  "has no token": { target: "tokens", request: upgradeRequest("/") },
  "has an unknown token": { target: "tokens", request: upgradeRequest("/?token=vm2") },
  "has a token": { target: "tokens", request: upgradeRequest("/?token=vm1") },
  "has a token in its path": { target: "tokens", request: upgradeRequest("/vm1") },
  "has a token as its host, with --host-token": {
    args: ["--host-token"],
    target: "tokens",
    request: upgradeRequest("/", { Host: "vm1:6080" }),
  },
  "has no password": { args: PASSWORD, request: upgradeRequest("/") },
  "has a wrong password": { args: PASSWORD, request: withPassword(base64("ada:y")) },
  "has a password that is no base64": { args: PASSWORD, request: withPassword("????") },
  "has a password of another scheme": { args: PASSWORD, request: withPassword(base64("ada:x"), "Bearer") },
  "has a password": { args: PASSWORD, request: withPassword(base64("ada:x")) },
  "has another origin than the one of ExpectOrigin": {
    args: ORIGIN,
    request: upgradeRequest("/", { Origin: "https://b.example" }),
  },
  "has no origin, with ExpectOrigin": { args: ORIGIN, request: upgradeRequest("/") },
  "has the origin of ExpectOrigin": { args: ORIGIN, request: upgradeRequest("/", { Origin: "https://a.example" }) },
  "has another origin, without ExpectOrigin": { request: upgradeRequest("/", { Origin: "https://b.example" }) },
};

const FRAMES: Readonly<Record<number, string>> = { [OPCODE.binary]: "the bytes", [OPCODE.pong]: "a pong" };

/**
 * What comes back: a status, and what follows the upgrade if the scenario waits for something.
 *
 * @param expected - tells whether something follows.
 */
export async function readAnswer(
  client: RawClient,
  { request, frames = [], target }: Scenario,
  expected: string,
): Promise<string> {
  client.write(request);
  try {
    await client.until(() => client.head !== "");
  } catch {
    return "closed without an answer";
  }
  const [, status = ""] = client.head.split(" ");
  const [, protocol] = /^sec-websocket-protocol: *(.*)$/im.exec(client.head) ?? [];
  const said = protocol === undefined ? status : `${status} ${protocol}`;
  if (status !== "101") return said;
  client.write(...frames);
  const waits = frames.length > 0 || target === "none" || target === "ends" || expected.includes("then");
  if (!waits) return said;
  try {
    await client.until(() => client.frames.length > 0);
  } catch {
    return `${said}, then closed without a word`;
  }
  const [first] = client.frames;
  if (first?.opcode === OPCODE.close) return `${said}, then ${(await client.close()).code}`;
  return `${said}, then ${FRAMES[first?.opcode ?? -1]}`;
}
