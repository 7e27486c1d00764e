import type { ClusterAction, ClusterMember, ClusterView, DashboardSession } from "../../api-types.ts";
import { actOnCluster } from "../api/api-client.ts";

type StoreState = ClusterView["store"]["state"];

interface ClusterStripProps {
  readonly cluster: ClusterView;
  readonly sessions: readonly DashboardSession[];
  readonly attempt: (action: () => Promise<void>) => void;
}

/** The gateways that work as one and the store that they share, each with buttons that stop it. */
export function ClusterStrip({ cluster, sessions, attempt }: ClusterStripProps) {
  const act = (part: string, action: ClusterAction): void => attempt(async () => await actOnCluster(part, action));
  const isFrozen = cluster.store.state === "frozen";
  return (
    <section id="cluster" aria-labelledby="cluster-heading">
      <div className="heading">
        <h2 id="cluster-heading">Cluster</h2>
        <p>Kill a gateway: its consoles reconnect to another. Freeze the store: running consoles go on.</p>
      </div>
      <ul className="cluster">
        {cluster.gateways.map(({ name, state }) => {
          const count = sessions.filter(({ runsAt }) => runsAt === name).length;
          return (
            <Part key={name} name={name} state={state} note={count === 1 ? "1 session" : `${count} sessions`}>
              <PartButton part={name} action={state === "away" ? "start" : "kill"} onAct={act} />
              <PartButton part={name} action="drain" disabled={state !== "up"} onAct={act} />
            </Part>
          );
        })}
        <Part name="store" state={cluster.store.state} note={isFrozen ? "no console opens" : "shared by all gateways"}>
          <PartButton part="store" action={isFrozen ? "thaw" : "freeze"} onAct={act} />
        </Part>
      </ul>
    </section>
  );
}

const DOTS: Readonly<Record<ClusterMember["state"] | StoreState, string>> = {
  starting: "busy",
  up: "good",
  draining: "busy",
  away: "bad",
  frozen: "bad",
};

interface PartProps {
  readonly name: string;
  readonly state: ClusterMember["state"] | StoreState;
  readonly note: string;
  readonly children: React.ReactNode;
}

function Part({ name, state, note, children }: PartProps) {
  return (
    <li>
      <h3>{name}</h3>
      <p className="state">
        <span className={`dot ${DOTS[state]}`} />
        <span role="status" aria-label={`State of ${name}`}>
          {state}
        </span>
      </p>
      <p className="note">{note}</p>
      <div className="actions">{children}</div>
    </li>
  );
}

const LABELS: Readonly<Record<ClusterAction, string>> = {
  kill: "Kill",
  drain: "Drain",
  start: "Start",
  freeze: "Freeze",
  thaw: "Thaw",
};

interface PartButtonProps {
  readonly part: string;
  readonly action: ClusterAction;
  readonly disabled?: boolean;
  readonly onAct: (part: string, action: ClusterAction) => void;
}

function PartButton({ part, action, disabled = false, onAct }: PartButtonProps) {
  return (
    <button
      type="button"
      disabled={disabled}
      aria-label={`${LABELS[action]} ${part}`}
      onClick={() => onAct(part, action)}
    >
      {LABELS[action]}
    </button>
  );
}
