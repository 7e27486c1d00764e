import { useCallback, useEffect, useRef, useState } from "react";

/** A message between the embedded console page and this page; the field `curfew` is the version. */
export interface IframeMessage {
  readonly curfew: 1;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A message that was received or sent. */
export interface LoggedMessage {
  readonly id: number;
  readonly from: "page" | "iframe";
  readonly text: string;
}

const MAX_LOGGED = 50;

/**
 * Exchanges messages with an iframe. Ignores messages from other windows and origins, and sends to that origin only, because
 * a token must not reach another page that was loaded into the iframe.
 * @param origin - origin of the embedded page; undefined until it is known
 * @param onMessage - called for each message from the iframe
 */
export function useIframeMessages(origin: string | undefined, onMessage: (message: IframeMessage) => void) {
  const iframe = useRef<HTMLIFrameElement>(null);
  const count = useRef(0);
  const latest = useRef(onMessage);
  const [log, setLog] = useState<readonly LoggedMessage[]>([]);
  const note = useCallback((from: LoggedMessage["from"], { curfew: _version, token, ...rest }: IframeMessage) => {
    const text = JSON.stringify(token === undefined ? rest : { ...rest, token: "…" });
    const entry = { id: (count.current += 1), from, text };
    setLog((entries) => [entry, ...entries].slice(0, MAX_LOGGED));
  }, []);

  useEffect(() => {
    latest.current = onMessage;
  });
  useEffect(() => {
    const receive = (event: MessageEvent<unknown>): void => {
      if (event.source !== iframe.current?.contentWindow || event.origin !== origin || !isIframeMessage(event.data))
        return;
      note("iframe", event.data);
      latest.current(event.data);
    };
    window.addEventListener("message", receive);
    return () => window.removeEventListener("message", receive);
  }, [origin, note]);

  const send = (message: IframeMessage): void => {
    if (origin === undefined) return;
    note("page", message);
    iframe.current?.contentWindow?.postMessage(message, origin);
  };
  return { iframe, log, send };
}

function isIframeMessage(data: unknown): data is IframeMessage {
  return typeof data === "object" && data !== null && "curfew" in data && data.curfew === 1 && "type" in data;
}
