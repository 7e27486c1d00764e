import type { ConsoleConnection } from "@curfew/client";
import { format, timeLeft } from "@curfew/client/messages";
import { english } from "@curfew/client/messages/en";
import { useConsoleState, useExpiryCountdown } from "@curfew/react";
import { useEffect, useState } from "react";

/** Warns that the session is about to end, after the gateway has announced it. */
export function ExpiryWarning({ connection }: { readonly connection: ConsoleConnection | null }) {
  const state = useConsoleState(connection);
  const seconds = useExpiryCountdown(connection);
  const failed = useRenewFailure(connection);
  if (seconds === null || state.status !== "connected" || state.session === null) return null;
  const { renewable, renewing } = state.session;
  return (
    <div className="warning">
      <p>
        {failed && <strong>{english.session.renewFailed} </strong>}
        {format(english.session.endsIn, { time: timeLeft(english.language, seconds * 1000) })}
      </p>
      {renewable && (
        <button type="button" disabled={renewing} onClick={() => void connection?.renew().catch(() => {})}>
          {renewing ? english.session.renewing : english.actions.renew}
        </button>
      )}
    </div>
  );
}

/** Whether the last renewal failed. */
function useRenewFailure(connection: ConsoleConnection | null): boolean {
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const ends = [
      connection?.on("renewfailed", () => setFailed(true)),
      connection?.on("renewed", () => setFailed(false)),
      connection?.on("closed", () => setFailed(false)),
    ];
    return () => ends.forEach((end) => end?.());
  }, [connection]);
  return failed;
}
