import { useEffect, useState } from "react";
import { openConsole, renewToken } from "../api/api-client.ts";
import type { ConsoleRequest } from "../api/console-request.ts";
import { type LoggedMessage, useIframeMessages } from "./iframe-messages.ts";
import { Panel } from "./panel.tsx";

interface IframePanelProps {
  readonly request: ConsoleRequest;
  readonly attempt: (action: () => Promise<void>) => void;
  readonly onClose: () => void;
}

/** The gateway's console page in an iframe, and the messages between the two pages. */
export function IframePanel({ request, attempt, onClose }: IframePanelProps) {
  const [url, setUrl] = useState<string>();
  const { iframe, log, send } = useIframeMessages(url && new URL(url).origin, ({ type }) => {
    if (type === "ready") send({ curfew: 1, type: "can-renew" });
    if (type === "renew-wanted") renew();
  });
  const renew = (): void => attempt(async () => send({ curfew: 1, type: "renew", token: await renewToken(request) }));
  useEffect(() => {
    let mounted = true;
    attempt(async () => {
      const { pageUrl } = await openConsole(request);
      const url = new URL(pageUrl);
      // Without the URL for renewals the embedded page requests them from this page.
      url.searchParams.delete("renew");
      if (mounted) setUrl(url.href);
    });
    return () => {
      mounted = false;
    };
    // Once: each opening has its own panel, with its own key.
  }, []);
  return (
    <Panel request={request} head={null} onClose={onClose}>
      <div className="stage">
        <iframe
          ref={iframe}
          className="screen"
          title={`Console page of ${request.name}`}
          allow="clipboard-read; clipboard-write; fullscreen; screen-wake-lock"
          {...(url === undefined ? {} : { src: url })}
        />
      </div>
      <section className="messages" aria-labelledby="messages-heading">
        <div className="heading">
          <h3 id="messages-heading">Messages</h3>
          <div className="actions">
            <button type="button" onClick={() => send({ curfew: 1, type: "focus" })}>
              Focus
            </button>
            <button type="button" onClick={renew}>
              Renew
            </button>
            <button type="button" onClick={() => send({ curfew: 1, type: "close" })}>
              End
            </button>
          </div>
        </div>
        <MessageLog log={log} />
      </section>
    </Panel>
  );
}

function MessageLog({ log }: { readonly log: readonly LoggedMessage[] }) {
  return (
    <div className="list" role="group" aria-labelledby="messages-heading" tabIndex={0}>
      {log.length === 0 ? (
        <p className="empty">No messages yet.</p>
      ) : (
        <ol className="events">
          {log.map(({ id, from, text }) => (
            <li key={id}>
              <span className={`event ${from}`}>{from === "iframe" ? "iframe → page" : "page → iframe"}</span>
              <code>{text}</code>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
