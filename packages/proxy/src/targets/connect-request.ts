import { EndError } from "../end-reason.ts";
import type { Stage } from "./stage.ts";

/** How long the answer's header may be, in bytes. */
const MAX_HEADER_BYTES = 8 * 1024;

/** How much of a status line the log quotes, in characters. */
const MAX_QUOTED = 100;

/** Longest path, in characters. */
const MAX_PATH = 2048;

/** RFC 9112, section 4; the space in front of an absent reason may be missing, as many servers leave it out. */
const STATUS_LINE = /^HTTP\/\d\.\d (\d{3})(?: [\t\u0020-\u007e\u0080-\u00ff]*)?$/;

/** Whether a CONNECT request can carry this path: it becomes part of the request line. */
export function isConnectPath(path: string): boolean {
  return path.length <= MAX_PATH && /^[\x21-\x7e]+$/.test(path);
}

/**
 * A stage that asks the target for the console at a path, as Nova's proxies do where a token has an
 * `internal_access_path`: `CONNECT <path> HTTP/1.1`. Only status 200 opens the console; its bytes begin right behind the
 * answer's header.
 *
 * @param path - satisfies {@link isConnectPath}.
 */
export function requestPath(path: string): Stage {
  return async (target) => {
    target.write(`CONNECT ${path} HTTP/1.1\r\n\r\n`);
    const header = await target.readThrough("\r\n\r\n", MAX_HEADER_BYTES);
    const [line = ""] = header.toString("latin1").split("\r\n", 1);
    const status = STATUS_LINE.exec(line)?.[1];
    if (status === "200") return;
    const cause = `the answer to CONNECT is ${JSON.stringify(line.slice(0, MAX_QUOTED))}; expected status 200`;
    throw new EndError("target_unreachable", "the console's access path was refused", { cause });
  };
}
