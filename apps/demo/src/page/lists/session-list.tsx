import { useState } from "react";
import type { DashboardSession } from "../../api-types.ts";
import { endAllSessions, endSession } from "../api/api-client.ts";
import { useNow } from "../util/use-now.ts";
import { formatBytes, formatClock } from "../util/format.ts";

/** Time left below which it is highlighted. */
const URGENT_MS = 10_000;

interface SessionListProps {
  readonly sessions: readonly DashboardSession[];
  /** When the list arrived, on the clock of `performance.now()`. */
  readonly since: number;
  /** Whether to show which gateway runs each. */
  readonly withGateways: boolean;
  readonly attempt: (action: () => Promise<void>) => void;
}

/** The active sessions. The page counts the time left down until the next list arrives. */
export function SessionList({ sessions, since, withGateways, attempt }: SessionListProps) {
  const now = useNow(sessions.length > 0);
  const passed = Math.max(0, now - since);
  return (
    <section id="sessions" aria-labelledby="sessions-heading">
      <div className="heading">
        <h2 id="sessions-heading">
          Sessions <span className="count">{sessions.length}</span>
        </h2>
        <button type="button" disabled={sessions.length === 0} onClick={() => attempt(endAllSessions)}>
          End all
        </button>
      </div>
      <div className="list" role="group" aria-labelledby="sessions-heading" tabIndex={0}>
        {sessions.length === 0 ? (
          <p className="empty">No active sessions. Open a machine to start one.</p>
        ) : (
          <table className={withGateways ? "with-gateways" : ""}>
            <thead>
              <tr>
                <th scope="col">Machine</th>
                {withGateways && <th scope="col">Gateway</th>}
                <th scope="col">Time left</th>
                <th scope="col" className="received">
                  Received
                </th>
                <th scope="col" className="client">
                  Client
                </th>
                <th scope="col">
                  <span className="hidden">Action</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sessions.map((session) => (
                <SessionRow
                  key={session.id}
                  session={session}
                  passedMs={passed}
                  withGateway={withGateways}
                  attempt={attempt}
                />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

interface SessionRowProps {
  readonly session: DashboardSession;
  /** Milliseconds since the list arrived. */
  readonly passedMs: number;
  readonly withGateway: boolean;
  readonly attempt: SessionListProps["attempt"];
}

function SessionRow({ session, passedMs, withGateway, attempt }: SessionRowProps) {
  const [ending, setEnding] = useState(false);
  const left = session.leftMs === null ? null : session.leftMs - passedMs;
  const end = async (): Promise<void> => {
    setEnding(true);
    await endSession(session.gateway, session.id).finally(() => setEnding(false));
  };
  return (
    <tr>
      <th scope="row">
        <span className={`dot ${session.state === "relaying" ? "good" : "busy"}`} />
        {session.name} <span className="hidden">{session.state === "relaying" ? "connected" : "connecting"}</span>
      </th>
      {withGateway && <td>{session.runsAt}</td>}
      <td className={left !== null && left <= URGENT_MS ? "near" : ""}>
        {left === null ? "no limit" : formatClock(left)}
      </td>
      <td className="received">{formatBytes(session.bytes)}</td>
      <td className="client">{session.client}</td>
      <td>
        <button
          type="button"
          disabled={ending}
          aria-label={`End session of ${session.name}`}
          onClick={() => attempt(end)}
        >
          End session
        </button>
      </td>
    </tr>
  );
}
