// What a consumer can write: every public entry point once. A test compiles it with several versions of TypeScript.
import {
  type CloseInfo,
  type CloseReason,
  ConsoleConnection,
  type ConsoleState,
  StopRetrying,
  backoff,
} from "@curfew/client";
import { type CurfewVncElement, type VncElementEventMap, defineConsoleElements } from "@curfew/client/element";
import { CLOSE_REASON_TRAITS, format, LANGUAGES, messagesFor, timeLeft } from "@curfew/client/messages";
import { german } from "@curfew/client/messages/de";
import { english } from "@curfew/client/messages/en";
import { spanish } from "@curfew/client/messages/es";
import { french } from "@curfew/client/messages/fr";
import { japanese } from "@curfew/client/messages/ja";
import { simplifiedChinese } from "@curfew/client/messages/zh-hans";
import { SerialConsole, type SerialOptions } from "@curfew/client/serial";
import { SpiceConsole } from "@curfew/client/spice";
import { type CurfewToolbarElement, defineToolbarElement } from "@curfew/client/toolbar";
import { LEAVE_KEYS, SYS_RQ, describeClose, listenForLeaveKeys } from "@curfew/client/ui";
import { type ConnectedView, VncConsole, type VncOptions } from "@curfew/client/vnc";
import { CloseCode, type ServerMessage, closeAction, parseServerMessage } from "@curfew/protocol";
import { ConfigError, createGateway, type Session, type TokenSource } from "@curfew/proxy";
import { AdminClient, AdminError } from "@curfew/proxy/admin";
import { SerialConsoleView, VncConsoleView, useConsoleState, useExpiryCountdown } from "@curfew/react";
import type { ElementProps } from "@curfew/react/elements";
import { startFakeGateway, startFakeSerial, startFakeVnc } from "@curfew/testing";
import { InPageGateway } from "@curfew/testing/in-page";
import { expect, test } from "@curfew/testing/playwright";
import { startTigerVnc } from "@curfew/testing/real";
import { type ReactElement, createRef } from "react";

const options: VncOptions & SerialOptions = {
  authorize: async ({ signal, attempt }) => {
    if (attempt > 3) throw new StopRetrying("enough");
    return (await (await fetch("/api/console", { signal })).json()) as { url: string; token: string };
  },
  reconnect: backoff({ maxMs: 5_000 }),
};

export async function open(screen: HTMLElement): Promise<string> {
  const connection = new ConsoleConnection(options);
  const stop: () => void = connection.on("expiring", ({ expiresInMs }) => timeLeft("en", expiresInMs));
  const vnc = new VncConsole(screen, { ...options, scale: "fit" });
  vnc.on("clipboard", ({ text }) => text.length);
  vnc.sendKeys("ctrl-alt-f12");
  vnc.sendKey(SYS_RQ.keysym, SYS_RQ.code);
  listenForLeaveKeys(window, () => LEAVE_KEYS.join(" + "));
  const serial: SerialConsole = new SerialConsole(screen, { ...options, fontSize: 14 });
  const spice = new SpiceConsole(screen, { ...options, scale: "fit" });
  spice.sendKeys("ctrl-alt-del");
  const views: readonly ConnectedView[] = [vnc, serial, spice];
  const pings: readonly (number | null)[] = await Promise.all(views.map((view) => view.ping()));
  const pasted: readonly boolean[] = await Promise.all([vnc.paste("a"), serial.paste("a"), spice.paste("a")]);
  vnc.on("title", ({ title }) => title.length + pings.length + pasted.length);
  await Promise.all([vnc.connect(), serial.connect(), spice.connect()]);
  stop();
  const words = await messagesFor(LANGUAGES);
  const all = [english, german, spanish, french, japanese, simplifiedChinese, words];
  return all.map(({ session }) => format(session.endsIn, { time: "1 min" })).join();
}

export function describe(info: CloseInfo): string {
  const reason: CloseReason = info.reason;
  return `${describeClose(info, english, true).sentence} ${CLOSE_REASON_TRAITS[reason].tone}`;
}

export function element(): CurfewVncElement {
  defineConsoleElements({ vnc: "curfew-vnc" });
  const made = document.createElement("curfew-vnc");
  made.addEventListener("curfew-closed", ({ detail }) => describe(detail));
  return made;
}

export function toolbar(vnc: VncConsole): CurfewToolbarElement {
  defineToolbarElement();
  const made = document.createElement("curfew-toolbar");
  made.target = vnc;
  return made;
}

export function Page(): ReactElement {
  const vnc = createRef<VncConsole>();
  const state: ConsoleState = useConsoleState(vnc.current?.connection ?? null);
  const seconds: number | null = useExpiryCountdown(vnc.current?.connection ?? null);
  return (
    <main title={`${state.status} ${seconds}`}>
      <VncConsoleView ref={vnc} {...options} overlay={({ status }, { renew }) => <a onClick={renew}>{status}</a>} />
      <SerialConsoleView authorize={options.authorize} onClosed={describe} />
    </main>
  );
}

export async function serve(tokens: TokenSource): Promise<readonly Session[]> {
  try {
    const gateway = createGateway({ config: { listen: "127.0.0.1:0" }, tokens });
    await gateway.listen();
    gateway.sessions.endAll("session_terminated", "maintenance", (session) => session.grant?.instance === "vm-1");
    return gateway.sessions.list();
  } catch (error) {
    throw error instanceof ConfigError ? new Error(error.problems.join()) : error;
  }
}

export async function end(url: string, key: string): Promise<number> {
  const admin = new AdminClient({ url, key });
  const issued = await admin.issueToken({ type: "vnc", target: "10.0.0.5:5901", ttl: 600, instance: "vm-1" });
  try {
    await admin.revokeToken(issued.id);
    return await admin.endSessions({ instance: "vm-1" });
  } catch (error) {
    if (error instanceof AdminError && error.status === 404) return 0;
    throw error;
  }
}

export function read(text: string): ServerMessage | string {
  const parsed = parseServerMessage(text);
  return parsed.ok === true ? parsed.message : `${parsed.ok} ${closeAction(CloseCode.session_expired)}`;
}

test("a page ends with its session", async ({ page, gateway, vnc, clock }) => {
  await clock.freeze();
  vnc.showPattern(2);
  await page.goto(`/?gateway=${gateway.url}`);
  (await gateway.waitForSession()).expire();
  await expect(page.getByRole("status")).toHaveText("Session expired");
});

export function play(): WebSocket {
  return new InPageGateway({ handshakes: "manual" }).webSocket("ws://gateway/", ["curfew.v1"]);
}

export async function start(): Promise<string[]> {
  const [vnc, serial] = await Promise.all([startFakeVnc({ encoding: "zrle" }), startFakeSerial({ user: "root" })]);
  const gateway = await startFakeGateway({ target: vnc });
  const desktop = await startTigerVnc();
  return [gateway.url, serial.address, `${desktop.host}:${desktop.port}`];
}

export function tile(props: ElementProps<CurfewVncElement, VncElementEventMap>): ReactElement {
  return <curfew-vnc {...props} viewOnly oncurfew-closed={({ detail }) => detail.reason} />;
}
