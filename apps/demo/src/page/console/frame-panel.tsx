import { useEffect, useState } from "react";
import { openConsole, renewToken } from "../state/back-end.ts";
import type { Place } from "../state/place.ts";
import { type LoggedMessage, useFrameMessages } from "./frame-messages.ts";
import { PanelFrame } from "./panel-frame.tsx";

interface FramePanelProps {
  readonly place: Place;
  readonly attempt: (action: () => Promise<void>) => void;
  readonly onClose: () => void;
}

/** The gateway's console page in a frame, and what it tells the page around it. */
export function FramePanel({ place, attempt, onClose }: FramePanelProps) {
  const [url, setUrl] = useState<string>();
  const { frame, log, send } = useFrameMessages(url && new URL(url).origin, ({ type }) => {
    if (type === "ready") send({ curfew: 1, type: "can-renew" });
    if (type === "renew-wanted") renew();
  });
  const renew = (): void => attempt(async () => send({ curfew: 1, type: "renew", token: await renewToken(place) }));
  useEffect(() => {
    let wanted = true;
    attempt(async () => {
      const { pageUrl } = await openConsole(place);
      const url = new URL(pageUrl);
      // Without the address for renewals the frame asks this page for them.
      url.searchParams.delete("renew");
      if (wanted) setUrl(url.href);
    });
    return () => {
      wanted = false;
    };
    // Once for each opening: the panel has a key.
  }, []);
  return (
    <PanelFrame place={place} head={null} onClose={onClose}>
      <div className="stage">
        <iframe
          ref={frame}
          className="screen"
          title={`Console page of ${place.name}`}
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
    </PanelFrame>
  );
}

function MessageLog({ log }: { readonly log: readonly LoggedMessage[] }) {
  return (
    <div className="list" role="group" aria-labelledby="messages-heading" tabIndex={0}>
      {log.length === 0 ? (
        <p className="empty">The frame has not said anything yet.</p>
      ) : (
        <ol className="events">
          {log.map(({ id, from, text }) => (
            <li key={id}>
              <span className={`event ${from}`}>{from === "frame" ? "frame → page" : "page → frame"}</span>
              <code>{text}</code>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
