import type { OpenedConsole, Setup } from "../../api-types.ts";
import type { Place } from "./place.ts";

export async function loadSetup(): Promise<Setup> {
  return await call<Setup>("GET", "setup");
}

/** @param again - whether it was open before and comes back after a loss. */
export async function openConsole(place: Place, again = false): Promise<OpenedConsole> {
  const query = place.kind === "fault" ? `again=${again}` : access(place);
  return await call("POST", `${place.kind}s/${place.id}/console?${query}`);
}

export async function renewToken(place: Place): Promise<string> {
  const query = place.kind === "fault" ? "" : `?${access(place)}`;
  return (await call<{ token: string }>("POST", `${place.kind}s/${place.id}/renewal${query}`)).token;
}

export async function openPreview(machine: string): Promise<OpenedConsole> {
  return await call("POST", `machines/${machine}/preview`);
}

export async function endSession(gateway: string, id: string): Promise<void> {
  await call("DELETE", `sessions/${gateway}/${id}`);
}

export async function endAllSessions(): Promise<void> {
  await call("DELETE", "sessions");
}

function access({ lifetime, enforce }: Place): string {
  return `ttl=${lifetime}&enforce=${enforce}`;
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
