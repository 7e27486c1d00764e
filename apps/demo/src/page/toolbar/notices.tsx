import type { Dashboard } from "../api/feed.ts";

interface NoticesProps {
  readonly connection: Dashboard["connection"];
  readonly gatewayUp: boolean;
  /** The error of the user's last action. */
  readonly problem: string | null;
  readonly onDismiss: () => void;
}

/** Current problems. They float, so that the page does not move when they appear or disappear. */
export function Notices({ connection, gatewayUp, problem, onDismiss }: NoticesProps) {
  return (
    <div className="notices" role="alert">
      {connection === "lost" && (
        <p>
          <strong>The demo server is not running.</strong> This page reconnects when it is running again.
        </p>
      )}
      {connection === "live" && !gatewayUp && (
        <p>
          <strong>The gateway is not responding.</strong> Sessions and metrics return when it is.
        </p>
      )}
      {problem !== null && connection !== "lost" && (
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
