import type { ClusterAction, ConsoleAccess, Setup } from "../../api-types.ts";
import type { ConsoleRequest } from "./console-request.ts";

export async function loadSetup(): Promise<Setup> {
  return await call<Setup>("GET", "setup");
}

/** @param again - whether the console was open before and reconnects */
export async function openConsole(request: ConsoleRequest, again = false): Promise<ConsoleAccess> {
  const query = request.kind === "fault" ? `again=${again}` : access(request);
  return await call("POST", `${request.kind}s/${request.id}/console?${query}`);
}

export async function renewToken(request: ConsoleRequest): Promise<string> {
  const query = request.kind === "fault" ? "" : `?${access(request)}`;
  return (await call<{ token: string }>("POST", `${request.kind}s/${request.id}/renewal${query}`)).token;
}

export async function openPreview(machine: string): Promise<ConsoleAccess> {
  return await call("POST", `machines/${machine}/preview`);
}

export async function endSession(gateway: string, id: string): Promise<void> {
  await call("DELETE", `sessions/${gateway}/${id}`);
}

export async function endAllSessions(): Promise<void> {
  await call("DELETE", "sessions");
}

/** @param part - a gateway of the cluster, or `store` */
export async function actOnCluster(part: string, action: ClusterAction): Promise<void> {
  await call("POST", `cluster/${part}/${action}`);
}

function access({ lifetime, enforce }: ConsoleRequest): string {
  return `ttl=${lifetime}&enforce=${enforce}`;
}

/** @throws Error with the server's message, or if the server does not respond */
async function call<T>(method: string, path: string): Promise<T> {
  const response = await fetch(`/api/${path}`, { method }).catch(() => {
    throw new Error("The demo server is not responding. Check that it is still running.");
  });
  const text = await response.text();
  const body = (text === "" ? {} : JSON.parse(text)) as T & { error?: string };
  if (!response.ok) throw new Error(body.error ?? `The demo server responded with status ${response.status}.`);
  return body;
}
