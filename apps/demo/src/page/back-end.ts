import type { DashboardSession, MachineList, OpenedConsole } from "../api-types.ts";

export async function loadMachines(): Promise<MachineList> {
  return await call<MachineList>("GET", "machines");
}

export async function openConsole(machine: string, lifetime: number): Promise<string> {
  return (await call<OpenedConsole>("POST", `machines/${machine}/console?ttl=${lifetime}`)).url;
}

export async function loadSessions(): Promise<readonly DashboardSession[]> {
  return (await call<{ sessions: DashboardSession[] }>("GET", "sessions")).sessions;
}

export async function endSession(id: string): Promise<void> {
  await call("DELETE", `sessions/${id}`);
}

/** @throws Error with the back end's words, or that it does not answer. */
async function call<T>(method: string, path: string): Promise<T> {
  const response = await fetch(`/api/${path}`, { method }).catch(() => {
    throw new Error("The demo does not answer. Was it stopped?");
  });
  const text = await response.text();
  const answer = (text === "" ? {} : JSON.parse(text)) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The demo answered ${response.status}.`);
  return answer;
}
