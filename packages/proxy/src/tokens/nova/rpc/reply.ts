import * as v from "valibot";
import { printable } from "../../../printable.ts";

/** A longer message is no answer to `validate_console_port`. A stack trace takes some kilobytes. */
const MAX_REPLY_BYTES = 256 * 1024;

/** How much of a remote exception's text an error quotes, in characters. */
const QUOTED = 200;

/** An exception that nova-compute raised, or oslo.messaging for it. */
export class RemoteError extends Error {
  override readonly name = "RemoteError";
  /** The name of its class, such as `InstanceNotFound`. */
  readonly exception: string;

  constructor(exception: string, text: string) {
    super(`nova-compute raised ${exception}: ${text}`);
    this.exception = exception;
  }
}

/** An answer that names its request. */
export interface Reply {
  readonly messageId: string;
  readonly result: unknown;
  /** What was raised instead; undefined if nothing was. */
  readonly failure: RemoteError | undefined;
}

const envelope = v.object({ "oslo.version": v.pipe(v.string(), v.regex(/^2\.\d+$/)), "oslo.message": v.string() });

const message = v.object({
  _msg_id: v.string(),
  result: v.optional(v.unknown()),
  failure: v.optional(v.nullable(v.string())),
  ending: v.literal(true),
});

const exception = v.object({
  class: v.pipe(v.string(), v.regex(/^\w{1,100}$/)),
  message: v.optional(v.nullable(v.string()), ""),
});

/**
 * The answer in a message; undefined for anything else, such as a sign of life of a call that goes on (`ending` false). It
 * cannot be told which request a malformed message answers, so that request runs into its time limit.
 */
export function parseReply(content: Buffer): Reply | undefined {
  if (content.length > MAX_REPLY_BYTES) return undefined;
  const outer = v.safeParse(envelope, parseJson(content.toString()));
  if (!outer.success) return undefined;
  const inner = v.safeParse(message, parseJson(outer.output["oslo.message"]));
  if (!inner.success) return undefined;
  const { _msg_id: messageId, result, failure } = inner.output;
  return { messageId, result, failure: typeof failure === "string" ? parseFailure(failure) : undefined };
}

function parseFailure(text: string): RemoteError {
  const parsed = v.safeParse(exception, parseJson(text));
  if (!parsed.success) return new RemoteError("an exception", "it cannot be read");
  const { class: name, message: said } = parsed.output;
  return new RemoteError(name, printable((said ?? "").slice(0, QUOTED)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
