import { useEffect, useState, useSyncExternalStore } from "react";
import type { FaultCard, MachineCard, Setup } from "../api-types.ts";
import { ConsolePanel } from "./panel/console-panel.tsx";
import { IframePanel } from "./panel/iframe-panel.tsx";
import { AccessSettings } from "./toolbar/access-settings.tsx";
import { AuditList } from "./lists/audit-list.tsx";
import { ClusterStrip } from "./lists/cluster-strip.tsx";
import { FaultList } from "./lists/fault-list.tsx";
import { MachineCardItem } from "./machines/machine-card.tsx";
import { MetricsStrip } from "./lists/metrics-strip.tsx";
import { Notices } from "./toolbar/notices.tsx";
import { SessionList } from "./lists/session-list.tsx";
import { TopBar } from "./toolbar/top-bar.tsx";
import { loadSetup, openConsole } from "./api/api-client.ts";
import type { Feed } from "./api/feed.ts";
import type { ConsoleRequest, OpenPanel } from "./api/console-request.ts";
import { useTheme } from "./toolbar/use-theme.ts";
import { formatLifetime } from "./util/format.ts";

const INITIAL_SETUP: Setup = { faults: [], lifetimes: [20, 90, 300, 1800] };

export function App({ feed }: { readonly feed: Feed }) {
  const dashboard = useSyncExternalStore(feed.subscribe, feed.read);
  const [setup, setSetup] = useState(INITIAL_SETUP);
  const [theme, setTheme] = useTheme();
  const [chosen, setChosen] = useState(90);
  const [enforce, setEnforce] = useState(true);
  const [panel, setPanel] = useState<OpenPanel | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const lifetime = setup.lifetimes.includes(chosen) ? chosen : (setup.lifetimes[0] ?? chosen);
  const live = dashboard.connection === "live";

  const attempt = (action: () => Promise<void>): void => {
    action().then(
      () => setProblem(null),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  useEffect(() => {
    if (live) attempt(async () => setSetup(await loadSetup()));
  }, [live]);

  const show = (view: OpenPanel["view"], request: ConsoleRequest): void =>
    setPanel((last) => ({ key: (last?.key ?? 0) + 1, view, request }));
  const openMachine = (machine: MachineCard, view: OpenPanel["view"] | "tab"): void => {
    const { id, name, type, login } = machine;
    const access = enforce ? `Access for ${formatLifetime(lifetime)}` : "No time limit once open";
    const note = login === "" ? access : `${access} · log in: ${login}`;
    const request: ConsoleRequest = { kind: "machine", id, name, type, lifetime, enforce, note };
    if (view === "tab") openTab(request, attempt);
    else show(view, request);
  };
  const openFault = ({ id, name, type, about }: FaultCard): void =>
    show("page", { kind: "fault", id, name, type, lifetime: 0, enforce: true, note: about });
  const close = (): void => setPanel(null);

  return (
    <div className={panel === null ? "page" : "page with-panel"}>
      <TopBar connection={dashboard.connection} theme={theme} onTheme={setTheme} />
      <main>
        <Notices
          connection={dashboard.connection}
          gatewayUp={dashboard.gatewayUp}
          problem={problem}
          onDismiss={() => setProblem(null)}
        />
        <div className="intro">
          <h1>Remote consoles that end on time, and say why.</h1>
          <AccessSettings
            lifetimes={setup.lifetimes}
            lifetime={lifetime}
            onLifetime={setChosen}
            enforce={enforce}
            onEnforce={setEnforce}
          />
        </div>
        <MetricsStrip metrics={dashboard.metrics} />
        {dashboard.cluster !== undefined && (
          <ClusterStrip cluster={dashboard.cluster} sessions={dashboard.sessions} attempt={attempt} />
        )}
        <section id="machines" aria-labelledby="machines-heading">
          <div className="heading">
            <h2 id="machines-heading">Machines</h2>
          </div>
          {dashboard.machines.length === 0 && <p className="empty">Waiting for machines…</p>}
          <ul className="machines">
            {dashboard.machines.map((machine) => (
              <MachineCardItem key={machine.id} machine={machine} onOpen={(view) => openMachine(machine, view)} />
            ))}
          </ul>
        </section>
        <div className="lists">
          <SessionList
            sessions={dashboard.sessions}
            since={dashboard.sessionsAt}
            withGateways={dashboard.cluster !== undefined}
            attempt={attempt}
          />
          <AuditList events={dashboard.audit} />
        </div>
        <FaultList faults={setup.faults} onOpen={openFault} />
      </main>
      {panel?.view === "page" && (
        <ConsolePanel
          key={panel.key}
          request={panel.request}
          theme={theme === "system" ? "auto" : theme}
          onClose={close}
        />
      )}
      {panel?.view === "iframe" && (
        <IframePanel key={panel.key} request={panel.request} attempt={attempt} onClose={close} />
      )}
    </div>
  );
}

/** Opens the gateway's console page in a new tab. */
function openTab(request: ConsoleRequest, attempt: (action: () => Promise<void>) => void): void {
  // Opened before the request: after it, browsers would block the tab as a pop-up.
  const tab = window.open("about:blank");
  attempt(async () => {
    const { pageUrl } = await openConsole(request).catch((error: unknown) => {
      tab?.close();
      throw error;
    });
    if (tab === null) throw new Error("The browser blocked the new tab. Allow pop-ups for this page.");
    tab.opener = null;
    tab.location.replace(pageUrl);
  });
}
