import { useCallback, useEffect, useRef, useState } from "react";

/** What the console page in a frame and the page around it say to each other: the field `curfew` is the version. */
export interface FrameMessage {
  readonly curfew: 1;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A message that came or went. */
export interface LoggedMessage {
  readonly id: number;
  readonly from: "page" | "frame";
  readonly text: string;
}

const KEPT = 50;

/**
 * Listens to a frame and talks to it. Messages of other windows and other origins are not taken, and
 * only that origin gets what is sent: a token must not reach whatever else was loaded into the frame.
 *
 * @param onMessage - called for each message from the frame.
 */
export function useFrameMessages(origin: string | undefined, onMessage: (message: FrameMessage) => void) {
  const frame = useRef<HTMLIFrameElement>(null);
  const count = useRef(0);
  const latest = useRef(onMessage);
  const [log, setLog] = useState<readonly LoggedMessage[]>([]);
  const note = useCallback((from: LoggedMessage["from"], { curfew: _version, token, ...rest }: FrameMessage) => {
    const text = JSON.stringify(token === undefined ? rest : { ...rest, token: "…" });
    const entry = { id: (count.current += 1), from, text };
    setLog((entries) => [entry, ...entries].slice(0, KEPT));
  }, []);

  useEffect(() => {
    latest.current = onMessage;
  });
  useEffect(() => {
    const take = (event: MessageEvent<unknown>): void => {
      if (event.source !== frame.current?.contentWindow || event.origin !== origin || !isFrameMessage(event.data))
        return;
      note("frame", event.data);
      latest.current(event.data);
    };
    window.addEventListener("message", take);
    return () => window.removeEventListener("message", take);
  }, [origin, note]);

  const send = (message: FrameMessage): void => {
    if (origin === undefined) return;
    note("page", message);
    frame.current?.contentWindow?.postMessage(message, origin);
  };
  return { frame, log, send };
}

function isFrameMessage(data: unknown): data is FrameMessage {
  return typeof data === "object" && data !== null && "curfew" in data && data.curfew === 1 && "type" in data;
}
