import type { DashboardSession, MachineCard } from "../api-types.ts";
import { endSession, loadMachines, loadSessions, openConsole } from "./back-end.ts";
import { byId, element } from "./element.ts";
import { bytes, clock, lifetimeWords } from "./words.ts";

const REFRESH_MS = 1000;

const problem = byId("problem");
let lifetime = 90;
let shownMachines = "";

/** Runs an action and shows what went wrong, if anything. */
async function attempt(action: () => Promise<void>): Promise<void> {
  try {
    await action();
    problem.hidden = true;
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  }
}

function lifetimeChoice(seconds: number): HTMLElement {
  const input = element("input", { type: "radio", name: "lifetime", value: String(seconds) });
  input.checked = seconds === lifetime;
  input.addEventListener("change", () => (lifetime = seconds));
  return element("label", {}, input, element("span", {}, lifetimeWords(seconds)));
}

function machineCard({ id, name, type, about, real }: MachineCard): HTMLElement {
  const button = element("button", { type: "button", class: "primary", "aria-label": `Open ${name}` }, "Open console");
  button.addEventListener("click", () => {
    // Opened before the request: later a browser would take it for a pop-up that nobody asked for.
    const tab = window.open("about:blank");
    void attempt(async () => {
      const url = await openConsole(id, lifetime).catch((error: unknown) => {
        tab?.close();
        throw error;
      });
      if (tab === null)
        throw new Error("The browser kept the console's tab from opening. Allow pop-ups for this page.");
      tab.opener = null;
      tab.location.replace(url);
      await refreshSessions();
    });
  });
  const kind = element("span", { class: "kind" }, type === "vnc" ? "VNC" : "Serial");
  const origin = element("span", { class: real ? "tag real" : "tag" }, real ? "real" : "fake");
  return element(
    "li",
    {},
    element("div", { class: "title" }, element("h3", {}, name), kind, origin),
    element("p", {}, about),
    button,
  );
}

function sessionRow(session: DashboardSession): HTMLElement {
  const end = element("button", { type: "button", "aria-label": `End the session of ${session.name}` }, "End session");
  end.addEventListener("click", () => {
    end.disabled = true;
    void attempt(async () => {
      await endSession(session.id);
      await refreshSessions();
    });
  });
  const left = session.leftMs === null ? "no limit" : clock(session.leftMs);
  const near = session.leftMs !== null && session.leftMs <= 10_000;
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, session.name),
    element("td", {}, session.state === "relaying" ? "connected" : "connecting"),
    element("td", { class: near ? "left near" : "left" }, left),
    element("td", {}, bytes(session.bytes)),
    element("td", {}, end),
  );
}

async function refreshMachines(): Promise<void> {
  const { machines, lifetimes } = await loadMachines();
  const shown = JSON.stringify(machines);
  if (shown === shownMachines) return;
  shownMachines = shown;
  byId("machines").replaceChildren(...machines.map(machineCard));
  byId("lifetimes").replaceChildren(...lifetimes.map(lifetimeChoice));
}

async function refreshSessions(): Promise<void> {
  const sessions = await loadSessions();
  const body = byId("sessions");
  // A row under the keyboard's focus would lose it: the button is found again by its place.
  const focused = [...body.querySelectorAll("button")].findIndex((button) => button === document.activeElement);
  body.replaceChildren(...sessions.map(sessionRow));
  body.querySelectorAll("button")[focused]?.focus();
  byId("no-sessions").hidden = sessions.length > 0;
  body.closest("table")?.toggleAttribute("hidden", sessions.length === 0);
}

async function refresh(): Promise<void> {
  if (!document.hidden) {
    await attempt(async () => {
      await refreshMachines();
      await refreshSessions();
    });
  }
  setTimeout(() => void refresh(), REFRESH_MS);
}

await refresh();
