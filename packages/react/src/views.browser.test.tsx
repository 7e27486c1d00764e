import type { CloseInfo, ConsoleState } from "@curfew/client";
import type { SerialConsole } from "@curfew/client/serial";
import type { VncConsole } from "@curfew/client/vnc";
import * as React from "react";
import { StrictMode, act, createRef, useEffect, useRef, version } from "react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { speakRfb } from "../../client/test/fake-vnc.ts";
import { AnsweringGateway, mount } from "../test/render.tsx";
import { SerialConsoleView, VncConsoleView } from "./index.ts";

const size = { width: 320, height: 160 };
let gateway: AnsweringGateway;

beforeEach(() => {
  gateway = new AnsweringGateway();
});

const connected = (ref: { readonly current: SerialConsole | VncConsole | null }): Promise<void> =>
  act(async () => vi.waitFor(() => expect(ref.current?.state.status).toBe("connected")));

/** Lets deferred work of an unmounting come about. */
const settle = (): Promise<void> => act(async () => {});

test("runs with the version of React that the project is named for", () => {
  expect(version.split(".")[0]).toBe((import.meta as unknown as { env: Record<string, string> }).env["CURFEW_REACT"]);
});

describe("SerialConsoleView", () => {
  test("opens a console when it is mounted and closes it when it is unmounted", async () => {
    const ref = createRef<SerialConsole>();
    const page = await mount(<SerialConsoleView ref={ref} {...gateway.options} style={size} />);
    await connected(ref);
    expect(page.element.querySelector("[data-curfew=serial] .xterm")).not.toBeNull();
    const serial = ref.current;
    await page.unmount();
    expect(serial?.state).toMatchObject({ status: "closed", cause: { reason: "client_closed" } });
    expect(ref.current).toBeNull();
    expect(page.element.innerHTML).toBe("");
  });

  test("opens one session in StrictMode, which mounts everything twice", async () => {
    const ref = createRef<SerialConsole>();
    const authorize = vi.fn<() => { url: string }>(() => ({ url: "ws://gateway/ws" }));
    await mount(
      <StrictMode>
        <SerialConsoleView ref={ref} {...gateway.options} authorize={authorize} style={size} />
      </StrictMode>,
    );
    await connected(ref);
    await settle();
    expect(ref.current?.state.status).toBe("connected");
    expect(gateway.sockets).toHaveLength(1);
    expect(authorize).toHaveBeenCalledTimes(1);
  });

  test.skipIf(version.startsWith("18."))(
    "closes while an Activity hides it, and opens one session when it is shown",
    async () => {
      const ref = createRef<SerialConsole>();
      const authorize = vi.fn<() => { url: string }>(() => ({ url: "ws://gateway/ws" }));
      const view = (mode: "hidden" | "visible") => (
        <StrictMode>
          <React.Activity mode={mode}>
            <SerialConsoleView ref={ref} {...gateway.options} authorize={authorize} style={size} />
          </React.Activity>
        </StrictMode>
      );
      const page = await mount(view("visible"));
      await connected(ref);
      const serial = ref.current;
      await page.render(view("hidden"));
      expect(serial?.state.status).toBe("closed");
      await page.render(view("visible"));
      await connected(ref);
      expect(ref.current).toBe(serial);
      expect(authorize).toHaveBeenCalledTimes(2);
    },
  );

  test("calls the callbacks of the last render, and does not reconnect for new ones", async () => {
    const ref = createRef<SerialConsole>();
    const first = vi.fn<() => { url: string }>(() => ({ url: "ws://gateway/first" }));
    const second = vi.fn<() => { url: string }>(() => ({ url: "ws://gateway/second" }));
    const page = await mount(<SerialConsoleView ref={ref} {...gateway.options} authorize={first} style={size} />);
    await connected(ref);
    const closed = vi.fn<(info: CloseInfo) => void>();
    await page.render(
      <SerialConsoleView ref={ref} {...gateway.options} authorize={second} onClosed={closed} style={size} />,
    );
    expect(gateway.sockets).toHaveLength(1);
    act(() => gateway.socket.end(4100, "session_expired"));
    expect(closed.mock.calls).toEqual([[expect.objectContaining({ reason: "session_expired" })]]);
    await act(async () => ref.current?.connect());
    expect(gateway.sockets.map(({ url }) => url)).toEqual(["ws://gateway/first", "ws://gateway/second"]);
    expect(first).toHaveBeenCalledTimes(1);
    expect(second).toHaveBeenCalledTimes(1);
  });

  test("does not tell onClosed of its own unmounting", async () => {
    const ref = createRef<SerialConsole>();
    const closed = vi.fn<(info: CloseInfo) => void>();
    const page = await mount(<SerialConsoleView ref={ref} {...gateway.options} onClosed={closed} style={size} />);
    await connected(ref);
    await page.unmount();
    expect(closed).not.toHaveBeenCalled();
  });

  test("has its ref before the effects of the component around it", async () => {
    const seen: (string | undefined)[] = [];
    function Page() {
      const ref = useRef<SerialConsole>(null);
      useEffect(() => {
        seen.push(ref.current?.state.status);
      }, []);
      return <SerialConsoleView ref={ref} {...gateway.options} style={size} />;
    }
    await mount(<Page />);
    expect(seen).toEqual(["idle"]);
  });

  test("follows fontSize, viewOnly and theme while it is open, and leaves what has no prop alone", async () => {
    const ref = createRef<SerialConsole>();
    const page = await mount(<SerialConsoleView ref={ref} {...gateway.options} fontSize={12} style={size} />);
    await connected(ref);
    if (ref.current) ref.current.theme = "light";
    await page.render(<SerialConsoleView ref={ref} {...gateway.options} fontSize={18} viewOnly style={size} />);
    expect(ref.current).toMatchObject({ fontSize: 18, viewOnly: true, theme: "light" });
    expect(gateway.sockets).toHaveLength(1);
  });

  test("returns a setting to its default when its prop becomes undefined", async () => {
    const ref = createRef<SerialConsole>();
    const view = (fontSize?: number) => (
      <SerialConsoleView ref={ref} {...gateway.options} {...(fontSize ? { fontSize, localEcho: true } : {})} />
    );
    const page = await mount(view(18));
    expect(ref.current).toMatchObject({ fontSize: 18, localEcho: true });
    await page.render(view());
    expect(ref.current).toMatchObject({ fontSize: 14, localEcho: false });
  });

  test("calls the props for the state, the warning, the renewal and its failure", async () => {
    const ref = createRef<SerialConsole>();
    const calls: unknown[] = [];
    const note = (name: string) => (detail: unknown) => void calls.push([name, detail]);
    await mount(
      <SerialConsoleView
        ref={ref}
        {...gateway.options}
        renew={() => Promise.reject(new Error("no"))}
        style={size}
        onStateChange={({ status }) => void calls.push(status)}
        onExpiring={note("expiring")}
        onRenewFailed={note("failed")}
        onRenewed={note("renewed")}
      />,
    );
    await connected(ref);
    await act(async () => {
      gateway.socket.session.send({ type: "expiring", expiresInMs: 30_000 });
      await ref.current?.connection.renew().catch(() => {});
      const renewed = ref.current?.connection.renew("token");
      const { id } = gateway.socket.controls.at(-1) as unknown as { id: number };
      gateway.socket.session.send({ type: "renewed", id, expiresInMs: 600_000 });
      await renewed;
    });
    expect(calls).toContain("connecting");
    expect(calls).toContain("connected");
    expect(calls.filter(Array.isArray)).toEqual([
      ["expiring", { expiresInMs: 30_000, renewable: true }],
      ["failed", expect.objectContaining({ code: "renew_failed" })],
      ["renewed", { expiresInMs: 600_000 }],
    ]);
  });

  test("opens anew under a new key", async () => {
    const ref = createRef<SerialConsole>();
    const page = await mount(<SerialConsoleView key="a" ref={ref} {...gateway.options} style={size} />);
    await connected(ref);
    await page.render(<SerialConsoleView key="b" ref={ref} {...gateway.options} style={size} />);
    await connected(ref);
    expect(gateway.sockets).toHaveLength(2);
    expect(gateway.sockets[0]?.requestedClose).toBeDefined();
  });
});

describe("the overlay", () => {
  test("is by default that of the elements, with buttons that work", async () => {
    const ref = createRef<SerialConsole>();
    const page = await mount(
      <SerialConsoleView ref={ref} {...gateway.options} renew={() => "new-token"} style={size} />,
    );
    await connected(ref);
    const root = (): ShadowRoot | null | undefined =>
      [...page.element.querySelectorAll("div")].find(({ shadowRoot }) => shadowRoot)?.shadowRoot;
    const shown = (selector: string): HTMLElement | undefined =>
      [...(root()?.querySelectorAll<HTMLElement>(selector) ?? [])].find((node) => node.checkVisibility());
    await vi.waitFor(() => expect(root()?.querySelector(".shell")?.getAttribute("lang")).toBe("en"));
    expect(shown(".panel, .warning")).toBeUndefined();
    // The console stays clickable.
    const { left, top } = page.element.getBoundingClientRect();
    expect(document.elementFromPoint(left + 50, top + 50)?.closest("[data-curfew]")).not.toBeNull();

    act(() => gateway.socket.session.send({ type: "expiring", expiresInMs: 30_000 }));
    expect(shown(".warning")?.textContent).toContain("This session ends in 30 seconds.");
    await act(async () => shown(".warning button")?.click());
    expect(gateway.socket.controls.at(-1)).toMatchObject({ type: "renew", token: "new-token" });
    act(() => gateway.socket.end(4005, "session_terminated"));
    expect(shown(".title")?.textContent).toBe("Ended by an operator");
    await page.render(<SerialConsoleView ref={ref} {...gateway.options} overlay={null} style={size} />);
    expect(shown(".title")).toBeUndefined();
  });

  test("is drawn in every state but connected, and from the warning on, with what its buttons can do", async () => {
    const ref = createRef<SerialConsole>();
    const drawn: ConsoleState["status"][] = [];
    const renew = vi.fn<() => string>(() => "new-token");
    const page = await mount(
      <SerialConsoleView
        ref={ref}
        {...gateway.options}
        renew={renew}
        style={size}
        overlay={(state, actions) => {
          drawn.push(state.status);
          return (
            <p>
              {state.status} <button onClick={actions.renew}>renew</button>
              <button onClick={actions.connect}>connect</button>
              <button onClick={() => actions.answerTakeover(true)}>allow</button>
              <button onClick={actions.close}>close</button>
            </p>
          );
        }}
      />,
    );
    const overlay = (): string | undefined => page.element.querySelector("p")?.textContent.split(" ")[0];
    const click = (name: string): Promise<void> =>
      act(async () =>
        [...page.element.querySelectorAll("button")].find(({ textContent }) => textContent === name)?.click(),
      );
    await connected(ref);
    expect(drawn).toEqual(expect.arrayContaining(["idle", "connecting"]));
    expect(overlay()).toBeUndefined();

    act(() => gateway.socket.session.send({ type: "expiring", expiresInMs: 30_000 }));
    expect(overlay()).toBe("connected");
    await click("renew");
    expect(gateway.socket.controls.at(-1)).toMatchObject({ type: "renew", token: "new-token" });
    act(() => gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 600_000 }));
    expect(overlay()).toBeUndefined();

    act(() => gateway.socket.session.send({ type: "takeover_request", id: 4, endsInMs: 10_000 }));
    expect(overlay()).toBe("connected");
    await click("allow");
    expect(gateway.socket.controls.at(-1)).toEqual({ type: "takeover_answer", id: 4, allow: true });
    expect(overlay()).toBeUndefined();

    act(() => gateway.socket.end(1006));
    expect(overlay()).toBe("reconnecting");
    await click("connect");
    expect(overlay()).toBeUndefined();
    act(() => gateway.socket.end(4003, "forbidden"));
    expect(overlay()).toBe("closed");
    await click("connect");
    act(() => gateway.socket.end(1006));
    await click("close");
    expect(ref.current?.state).toMatchObject({ status: "closed", cause: { reason: "client_closed" } });
  });
});

describe("VncConsoleView", () => {
  test("shows the picture, follows its props, and closes when it is unmounted", async () => {
    const ref = createRef<VncConsole>();
    const answer = gateway.onsocket;
    gateway.onsocket = (socket) => {
      answer?.(socket);
      queueMicrotask(() => speakRfb(socket));
    };
    const page = await mount(
      <StrictMode>
        <VncConsoleView ref={ref} {...gateway.options} scale="none" style={size} />
      </StrictMode>,
    );
    await connected(ref);
    expect(page.element.querySelectorAll("canvas")).toHaveLength(1);
    await page.render(
      <StrictMode>
        <VncConsoleView ref={ref} {...gateway.options} scale="fit" viewOnly quality={3} style={size} />
      </StrictMode>,
    );
    expect(ref.current).toMatchObject({ scale: "fit", viewOnly: true, quality: 3, compression: 2 });
    expect(gateway.sockets).toHaveLength(1);
    const vnc = ref.current;
    await page.unmount();
    expect(vnc?.state.status).toBe("closed");
    expect(page.element.querySelector("canvas")).toBeNull();
  });
});
