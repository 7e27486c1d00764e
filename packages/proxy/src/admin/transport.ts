import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";

/** What the address of a Unix socket begins with. */
const UNIX = "unix:";

/** How long the gateway may take for an answer, in milliseconds: more than its slowest one takes. */
const ANSWER_MS = 60_000;

/** The longest answer, in characters: many times what the gateway sends. */
const MAX_ANSWER = 64 * 1024 * 1024;

/** Where the admin API is. */
export interface AdminAddress {
  /** `http://host:port`, `https://host:port`, or `unix:/path/of/socket`. */
  readonly url: string;
  /** PEM with the authorities of the certificate of an https address, or with that certificate. */
  readonly ca?: string | undefined;
}

/** A request of the admin API. */
export interface AdminRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The answer, as far as its headers. */
export type AdminAnswer = IncomingMessage;

/** Sends a request. @throws Error when there is no answer. */
export async function sendRequest({ url, ca }: AdminAddress, request: AdminRequest): Promise<AdminAnswer> {
  const { method, path, body = "", signal } = request;
  const headers = { ...request.headers, "Content-Length": String(Buffer.byteLength(body)) };
  const options = { method, headers, timeout: ANSWER_MS, signal };
  const { promise, resolve, reject } = Promise.withResolvers<AdminAnswer>();
  const sent = url.startsWith(UNIX)
    ? requestHttp({ ...options, path, socketPath: url.slice(UNIX.length), host: "localhost" })
    : (url.startsWith("https:") ? requestHttps : requestHttp)(url + path, {
        ...options,
        ca,
        allowPartialTrustChain: ca !== undefined,
      });
  sent.on("response", resolve).on("error", reject);
  sent.on("timeout", () => sent.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)));
  sent.end(body);
  return await promise;
}

/** The text of an answer. @throws Error when it is longer than any of the gateway. */
export async function readText(answer: AdminAnswer): Promise<string> {
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > MAX_ANSWER) throw new Error("the answer is longer than any of a gateway");
  }
  return text;
}
