import type { ConsoleConnection } from "@curfew/client";
import { english } from "@curfew/client/messages/en";
import { describeWarning, ExpiryWarning, type WarningPhase } from "@curfew/client/ui";
import { useConsoleState, useExpiryCountdown } from "@curfew/react";
import { useEffect, useState } from "react";

/** Warns that the session is about to end, after the gateway has announced it. */
export function ExpiryWarningBar({ connection }: { readonly connection: ConsoleConnection | null }) {
  const state = useConsoleState(connection);
  const seconds = useExpiryCountdown(connection);
  const phase = useWarningPhase(connection);
  if (phase === undefined || seconds === null || state.status !== "connected") return null;
  const renewability = state.session?.renewable === true ? "renewable" : "notRenewable";
  const { time, sentence, action, busy } = describeWarning(phase, renewability, seconds * 1000, english);
  return (
    <div className="warning">
      <p>
        {phase === "renew-failed" && <strong>{sentence} </strong>}
        {time}
      </p>
      {action !== undefined && (
        <button type="button" disabled={busy} onClick={() => void connection?.renew().catch(() => {})}>
          {action}
        </button>
      )}
    </div>
  );
}

/** What to tell about the end of the session; undefined if there is nothing. */
function useWarningPhase(connection: ConsoleConnection | null): WarningPhase | undefined {
  const [phase, setPhase] = useState<WarningPhase>();
  useEffect(() => {
    if (connection === null) return undefined;
    const stop = new AbortController();
    const update = (): void => setPhase(warning.phase);
    const warning = new ExpiryWarning(connection, { canRenew: () => true, onChange: update, signal: stop.signal });
    update();
    return () => stop.abort();
  }, [connection]);
  return phase;
}
