import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { EventObserver } from "../events.ts";
import type { SessionInfo } from "../session-info.ts";
import type { SetupStep, Traces } from "./traces.ts";

/** What is known of a session that has not ended. */
interface TracedSession {
  readonly root: Span;
  readonly context: Context;
  /** Undefined once the session is open. */
  step: Span | undefined;
}

const NAMES: Readonly<Record<Exclude<SetupStep, "joined">, string>> = {
  lookup: "token lookup",
  admission: "admission",
  dial: "dial",
  handshake: "target handshake",
};

/** One span for each session, with one below it for each step until it is open. Nothing in them reveals a token. */
export class SessionTraces implements Pick<Traces, "observer" | "enter"> {
  readonly #tracer: Tracer;
  readonly #sessions = new WeakMap<SessionInfo, TracedSession>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  readonly observer: EventObserver = {
    name: "traces",
    notify: (event) => {
      if (event.type === "session_requested") this.enter(event.session, "admission");
      else if (event.type === "session_opened") this.#opened(event.session);
      else if (event.type === "session_ended") this.#ended(event.session, event.end.reason);
    },
  };

  enter(session: SessionInfo, step: SetupStep, traceparent?: string): void {
    if (step === "lookup") return this.#begin(session, traceparent);
    const traced = this.#sessions.get(session);
    // Of a session that is open, further channels may still be dialed.
    if (traced?.step === undefined) return;
    traced.step.end();
    if (step === "joined") {
      traced.root.setAttribute("curfew.joined", true).end();
      this.#sessions.delete(session);
    } else traced.step = this.#start(step, traced.context);
  }

  #begin(session: SessionInfo, traceparent: string | undefined): void {
    const options = {
      kind: SpanKind.SERVER,
      startTime: Date.now() - session.ageMs,
      attributes: { "curfew.session.id": session.id },
    };
    const root = this.#tracer.startSpan("console session", options, parentOf(traceparent));
    const context = trace.setSpan(ROOT_CONTEXT, root);
    this.#sessions.set(session, { root, context, step: this.#start("lookup", context) });
  }

  #start(step: keyof typeof NAMES, context: Context): Span {
    return this.#tracer.startSpan(NAMES[step], { kind: SpanKind.INTERNAL }, context);
  }

  #opened(session: SessionInfo): void {
    const traced = this.#sessions.get(session);
    traced?.step?.end();
    if (traced !== undefined) traced.step = undefined;
  }

  #ended(session: SessionInfo, reason: string): void {
    const traced = this.#sessions.get(session);
    if (traced === undefined) return;
    const { root, step } = traced;
    const failed = { code: SpanStatusCode.ERROR, message: reason };
    if (step !== undefined) {
      step.setStatus(failed).end();
      root.setStatus(failed);
    }
    const { grant } = session;
    if (grant !== undefined) {
      root.setAttributes({ "curfew.console.type": grant.type, "curfew.access": grant.access });
      if (grant.instance !== undefined) root.setAttribute("curfew.instance", grant.instance);
    }
    root.setAttribute("curfew.end.reason", reason).end();
    this.#sessions.delete(session);
  }
}

/** The span that a header names (W3C Trace Context, section 3.2). */
function parentOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(traceparent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}
