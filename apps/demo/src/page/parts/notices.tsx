import type { Dashboard } from "../state/feed.ts";

interface NoticesProps {
  readonly link: Dashboard["link"];
  readonly gatewayUp: boolean;
  /** What an action of the person failed with. */
  readonly problem: string | null;
  readonly onDismiss: () => void;
}

/** What is wrong at the moment. It floats, so that nothing jumps when it comes or goes. */
export function Notices({ link, gatewayUp, problem, onDismiss }: NoticesProps) {
  return (
    <div className="notices" role="alert">
      {link === "lost" && (
        <p>
          <strong>The demo’s server is gone.</strong> This page comes back by itself when it runs again.
        </p>
      )}
      {link === "live" && !gatewayUp && (
        <p>
          <strong>The gateway does not answer.</strong> Sessions and metrics come back with it.
        </p>
      )}
      {problem !== null && link !== "lost" && (
        <p>
          {problem}{" "}
          <button type="button" onClick={onDismiss}>
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
}
