import { useEffect, useState, useSyncExternalStore } from "react";
import type { FaultCard, MachineCard, Setup } from "../api-types.ts";
import { ConsolePanel } from "./console/console-panel.tsx";
import { FramePanel } from "./console/frame-panel.tsx";
import { Access } from "./parts/access.tsx";
import { AuditList } from "./parts/audit-list.tsx";
import { FaultList } from "./parts/fault-list.tsx";
import { MachineTile } from "./parts/machine-tile.tsx";
import { MetricsStrip } from "./parts/metrics-strip.tsx";
import { Notices } from "./parts/notices.tsx";
import { SessionsList } from "./parts/sessions-list.tsx";
import { TopBar } from "./parts/top-bar.tsx";
import { loadSetup, openConsole } from "./state/back-end.ts";
import type { Feed } from "./state/feed.ts";
import type { Opened, Place } from "./state/place.ts";
import { useTheme } from "./state/theme.ts";
import { lifetimeWords } from "./state/words.ts";

const nothing: Setup = { faults: [], lifetimes: [20, 90, 300, 1800] };

export function App({ feed }: { readonly feed: Feed }) {
  const dashboard = useSyncExternalStore(feed.subscribe, feed.read);
  const [setup, setSetup] = useState(nothing);
  const [theme, setTheme] = useTheme();
  const [chosen, setChosen] = useState(90);
  const [enforce, setEnforce] = useState(true);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const lifetime = setup.lifetimes.includes(chosen) ? chosen : (setup.lifetimes[0] ?? chosen);
  const live = dashboard.link === "live";

  const attempt = (action: () => Promise<void>): void => {
    action().then(
      () => setProblem(null),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  useEffect(() => {
    if (live) attempt(async () => setSetup(await loadSetup()));
  }, [live]);

  const show = (where: Opened["where"], place: Place): void =>
    setOpened((last) => ({ key: (last?.key ?? 0) + 1, where, place }));
  const openMachine = (machine: MachineCard, where: Opened["where"] | "tab"): void => {
    const { id, name, type, login } = machine;
    const access = enforce ? `Access for ${lifetimeWords(lifetime)}` : "No limit once it is open";
    const note = login === "" ? access : `${access} · log in: ${login}`;
    const place: Place = { kind: "machine", id, name, type, lifetime, enforce, note };
    if (where === "tab") openTab(place, attempt);
    else show(where, place);
  };
  const openFault = ({ id, name, type, line }: FaultCard): void =>
    show("page", { kind: "fault", id, name, type, lifetime: 0, enforce: true, note: line });
  const close = (): void => setOpened(null);

  return (
    <div className={opened === null ? "page" : "page with-panel"}>
      <TopBar link={dashboard.link} theme={theme} onTheme={setTheme} />
      <main>
        <Notices
          link={dashboard.link}
          gatewayUp={dashboard.gatewayUp}
          problem={problem}
          onDismiss={() => setProblem(null)}
        />
        <div className="intro">
          <h1>Remote consoles that end on time, and say why.</h1>
          <Access
            lifetimes={setup.lifetimes}
            lifetime={lifetime}
            onLifetime={setChosen}
            enforce={enforce}
            onEnforce={setEnforce}
          />
        </div>
        <MetricsStrip metrics={dashboard.metrics} />
        <section id="machines" aria-labelledby="machines-heading">
          <div className="heading">
            <h2 id="machines-heading">Machines</h2>
          </div>
          {dashboard.machines.length === 0 && <p className="empty">Waiting for the demo’s machines.</p>}
          <ul className="machines">
            {dashboard.machines.map((machine) => (
              <MachineTile key={machine.id} machine={machine} onOpen={(where) => openMachine(machine, where)} />
            ))}
          </ul>
        </section>
        <div className="lists">
          <SessionsList sessions={dashboard.sessions} since={dashboard.sessionsAt} attempt={attempt} />
          <AuditList events={dashboard.audit} />
        </div>
        <FaultList faults={setup.faults} onOpen={openFault} />
      </main>
      {opened?.where === "page" && (
        <ConsolePanel
          key={opened.key}
          place={opened.place}
          theme={theme === "system" ? "auto" : theme}
          onClose={close}
        />
      )}
      {opened?.where === "frame" && (
        <FramePanel key={opened.key} place={opened.place} attempt={attempt} onClose={close} />
      )}
    </div>
  );
}

/** Opens the gateway's console page in a tab of its own. */
function openTab(place: Place, attempt: (action: () => Promise<void>) => void): void {
  // Opened before the request: later a browser would take it for a pop-up that nobody asked for.
  const tab = window.open("about:blank");
  attempt(async () => {
    const { pageUrl } = await openConsole(place).catch((error: unknown) => {
      tab?.close();
      throw error;
    });
    if (tab === null) throw new Error("The browser kept the console’s tab from opening. Allow pop-ups for this page.");
    tab.opener = null;
    tab.location.replace(pageUrl);
  });
}
