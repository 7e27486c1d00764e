import type { ConsoleConnection } from "@curfew/client";
import { english } from "@curfew/client/messages/en";
import { describeWarning, ExpiryWarning, type Renewability, type WarningPhase } from "@curfew/client/ui";
import { useEffect, useState } from "react";
import { useTimeLeft } from "./use-time-left.ts";

/** What is to be told about the end of the session. */
interface Warning {
  readonly phase: WarningPhase;
  readonly renewability: Renewability;
  /** When the session ends, on the clock of `performance.now()`. */
  readonly endsAt: number | null;
}

/** Warns that the session is about to end, after the gateway has announced it: at its deadline, or without input. */
export function ExpiryWarningBar({ connection }: { readonly connection: ConsoleConnection | null }) {
  const warning = useWarning(connection);
  const leftMs = useTimeLeft(warning?.endsAt ?? null);
  if (connection === null || warning === undefined || leftMs === null) return null;
  const { phase, renewability } = warning;
  const { time, sentence, action, busy } = describeWarning(phase, renewability, leftMs, english);
  const act = (): void => {
    if (phase === "inactive") connection.stillHere();
    else connection.renew().catch(() => {});
  };
  return (
    <div className="warning" data-phase={phase}>
      <p>
        {phase === "renew-failed" && <strong>{sentence} </strong>}
        {time}
      </p>
      {action !== undefined && (
        <button type="button" disabled={busy} onClick={act}>
          {action}
        </button>
      )}
    </div>
  );
}

/** What to tell about the end of the session; undefined if there is nothing. */
function useWarning(connection: ConsoleConnection | null): Warning | undefined {
  const [warning, setWarning] = useState<Warning>();
  useEffect(() => {
    if (connection === null) return undefined;
    const stop = new AbortController();
    const update = (): void => {
      const { phase, renewability, endsAt } = source;
      // The panel's status shows the time after a renewal.
      setWarning(phase === undefined || phase === "renewed" ? undefined : { phase, renewability, endsAt });
    };
    const source = new ExpiryWarning(connection, { canRenew: () => true, onChange: update, signal: stop.signal });
    update();
    return () => stop.abort();
  }, [connection]);
  return warning;
}
