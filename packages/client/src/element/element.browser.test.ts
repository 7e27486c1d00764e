import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { ElementPage, click, heard, reaches, shown } from "../../test/element-page.ts";
import type { CloseInfo } from "../connection/model/close-info.ts";
import { type CurfewSerialElement, type CurfewVncElement, defineConsoleElements } from "./index.ts";
import type { VncConsole } from "../views/vnc/index.ts";

const page = new ElementPage();
const title = (element: Element): string | undefined => shown(element, ".title")?.textContent;

describe("defining the elements", () => {
  test("may be repeated, and takes other names", () => {
    defineConsoleElements();
    const before = customElements.get("curfew-vnc");
    defineConsoleElements({ vnc: "my-screen", serial: "my-terminal" });
    defineConsoleElements({ vnc: "my-screen" });
    expect(customElements.get("curfew-vnc")).toBe(before);
    expect(document.createElement("my-screen")).toHaveProperty("state", { status: "idle" });
    expect(() => defineConsoleElements({ vnc: "noHyphen" })).toThrow("not a valid custom element name");
  });

  test("gives the compiler the elements and their events", () => {
    const element = document.createElement("curfew-vnc");
    expectTypeOf(element).toEqualTypeOf<CurfewVncElement>();
    expectTypeOf(element.console).toEqualTypeOf<VncConsole | null>();
    element.addEventListener("curfew-closed", (event) => expectTypeOf(event.detail).toEqualTypeOf<CloseInfo>());
    document.addEventListener("curfew-expiring", ({ detail }) => expectTypeOf(detail.expiresInMs).toBeNumber(), {
      once: true,
    });
  });

  test("takes over what was set before the element was defined", async () => {
    const element = document.createElement("late-terminal") as CurfewSerialElement;
    element.authorize = () => ({ url: "ws://gateway/early" });
    page.prepare(element);
    element.setAttribute("autoconnect", "");
    document.body.append(element);
    defineConsoleElements({ serial: "late-terminal" });
    await vi.waitFor(() => expect(page.gateway.sockets.map(({ url }) => url)).toEqual(["ws://gateway/early"]));
    expect(Object.keys(element)).toEqual([]);
  });
});

describe("moving an element into another window", () => {
  test("keeps its session and its styles, also where the window has no style sheet of xterm", async () => {
    const element = await page.connected<"curfew-serial">(
      `<curfew-serial url="ws://gateway/ws" autoconnect></curfew-serial>`,
    );
    const frame = document.createElement("iframe");
    document.body.append(frame);
    frame.contentDocument?.body.append(element);
    const styles = (selector: string): CSSStyleDeclaration | undefined => {
      const found = element.shadowRoot?.querySelector(selector);
      return found ? frame.contentWindow?.getComputedStyle(found) : undefined;
    };
    expect(styles(".screen")?.position).toBe("absolute");
    expect(styles("textarea")?.position).toBe("absolute");
    expect(element.state.status).toBe("connected");
    document.body.append(element);
    expect(getComputedStyle(element.shadowRoot?.querySelector(".screen") as Element).position).toBe("absolute");
    expect(element.state.status).toBe("connected");
  });
});

describe("opening", () => {
  test("connects by itself to the url with autoconnect", async () => {
    const element = await page.connected(`<curfew-vnc url="ws://gateway/ws" autoconnect></curfew-vnc>`);
    expect(page.gateway.socket.url).toBe("ws://gateway/ws");
    expect(element.shadowRoot?.querySelector("canvas")?.checkVisibility()).toBe(true);
    expect(shown(element, ".overlay")).toBeNull();
  });

  test("waits with autoconnect until there is somewhere to connect", async () => {
    const element = page.add<"curfew-serial">(`<curfew-serial autoconnect></curfew-serial>`);
    await vi.waitFor(() => expect(title(element)).toBe("Not connected"));
    expect(page.gateway.sockets).toHaveLength(0);
    element.authorize = () => ({ url: "ws://gateway/later", token: "t" });
    await reaches(element, "connected");
    expect(page.gateway.socket.url).toBe("ws://gateway/later");
  });

  test("shows a button that opens the console without autoconnect", async () => {
    const element = page.add<"curfew-serial">(`<curfew-serial url="ws://gateway/ws"></curfew-serial>`);
    await vi.waitFor(() => expect(title(element)).toBe("Not connected"));
    click(element, "Open console");
    await reaches(element, "connected");
    // For screen readers, in the element's words.
    expect(element.shadowRoot?.querySelector("textarea")?.ariaLabel).toBe("Terminal of the machine");
  });

  test("can be cancelled, and opened again", async () => {
    page.answers = false;
    const element = page.add<"curfew-serial">(`<curfew-serial url="ws://gateway/ws" autoconnect></curfew-serial>`);
    await vi.waitFor(() => expect(title(element)).toBe("Connecting…"));
    click(element, "Cancel");
    expect(title(element)).toBe("Disconnected");
    page.answers = true;
    click(element, "Open again");
    await reaches(element, "connected");
  });

  test("rejects connect() outside of a page, and for an attribute that does not fit", async () => {
    const outside = document.createElement("curfew-vnc");
    await expect(outside.connect()).rejects.toMatchObject({ code: "not_connected" });
    const wrong = page.add<"curfew-vnc">(`<curfew-vnc url="/ws" quality="high"></curfew-vnc>`);
    await expect(wrong.connect()).rejects.toThrow(`attribute quality: expected a number, got "high"`);
    wrong.setAttribute("quality", "12");
    await expect(wrong.connect()).rejects.toThrow("quality: expected a whole number from 0 to 9, got 12");
  });

  test("ends as authorize_failed when nothing says where to connect", async () => {
    const element = page.add<"curfew-serial">(`<curfew-serial></curfew-serial>`);
    await expect(element.connect()).rejects.toMatchObject({ code: "authorize_failed" });
    expect(element.state).toMatchObject({ cause: { reason: "authorize_failed" } });
  });
});

describe("attributes", () => {
  test("set the options and follow while the console is open", async () => {
    const element = await page.connected<"curfew-vnc">(
      `<curfew-vnc url="ws://gateway/ws" autoconnect scale="none" view-only quality="3"></curfew-vnc>`,
    );
    expect(element.console).toMatchObject({ scale: "none", viewOnly: true, quality: 3, compression: 2 });
    element.setAttribute("scale", "fit");
    element.removeAttribute("view-only");
    element.setAttribute("compression", "5");
    expect(element.console).toMatchObject({ scale: "fit", viewOnly: false, quality: 3, compression: 5 });
    expect(page.gateway.sockets).toHaveLength(1);
  });

  test("are properties, which set and remove them and follow in the open console", async () => {
    const element = await page.connected<"curfew-vnc">(
      `<curfew-vnc url="ws://gateway/ws" autoconnect view-only="false" quality="3"></curfew-vnc>`,
    );
    expect(element).toMatchObject({ viewOnly: false, quality: 3, scale: "fit", autoconnect: true, theme: "auto" });
    expect(element.console?.viewOnly).toBe(false);
    element.viewOnly = true;
    element.clipViewport = true;
    element.theme = "dark";
    expect(element.console).toMatchObject({ viewOnly: true, clipViewport: true });
    const written = ["view-only", "clip-viewport", "theme"].map((name) => element.getAttribute(name));
    expect(written).toEqual(["", "", "dark"]);
    element.viewOnly = false;
    element.removeAttribute("quality");
    expect(element.console).toMatchObject({ viewOnly: false, quality: 6 });
    expect(element.hasAttribute("view-only")).toBe(false);
    expect(page.gateway.sockets).toHaveLength(1);
  });

  test("are off with the value false also for autoconnect, and over an option that is on", async () => {
    const waiting = page.add<"curfew-serial">(
      `<curfew-serial url="ws://gateway/ws" autoconnect="false"></curfew-serial>`,
    );
    await vi.waitFor(() => expect(title(waiting)).toBe("Not connected"));
    const element = await page.connected<"curfew-serial">(
      `<curfew-serial url="ws://gateway/ws" autoconnect></curfew-serial>`,
      (serial) => {
        serial.options = { ...serial.options, viewOnly: true };
        serial.theme = { background: "#123456" };
      },
    );
    expect(page.gateway.sockets).toHaveLength(1);
    expect(element.console).toMatchObject({ viewOnly: true, theme: { background: "#123456" } });
    element.viewOnly = false;
    expect(element.console?.viewOnly).toBe(false);
    Object.assign(element, { theme: undefined, viewOnly: undefined });
    expect(element.console).toMatchObject({ viewOnly: true, theme: "auto" });
  });

  test("win over the property options", async () => {
    const element = await page.connected<"curfew-serial">(
      `<curfew-serial url="ws://gateway/ws" autoconnect font-size="20"></curfew-serial>`,
      (serial) => {
        serial.options = { ...serial.options, fontSize: 10, viewOnly: true };
      },
    );
    expect(element.console).toMatchObject({ fontSize: 20, viewOnly: true });
  });
});

describe("in and out of the page", () => {
  test("closes the session when it is removed, and opens a new one when it is put back", async () => {
    const element = await page.connected<"curfew-serial">(
      `<curfew-serial url="ws://gateway/ws" autoconnect></curfew-serial>`,
    );
    const events = heard(element);
    element.remove();
    await vi.waitFor(() => expect(page.gateway.socket.requestedClose).toBeDefined());
    expect(events.at(-1)).toEqual(["curfew-closed", expect.objectContaining({ reason: "client_closed" })]);
    expect(element.state.status).toBe("idle");
    expect(element.console).toBeNull();
    document.body.append(element);
    await reaches(element, "connected");
    expect(page.gateway.sockets).toHaveLength(2);
  });

  test("keeps the session when it is moved", async () => {
    const element = await page.connected<"curfew-vnc">(`<curfew-vnc url="ws://gateway/ws" autoconnect></curfew-vnc>`);
    const { console } = element;
    const elsewhere = document.createElement("main");
    document.body.append(elsewhere);
    elsewhere.append(element);
    await Promise.resolve();
    expect(element.console).toBe(console);
    expect(element.state.status).toBe("connected");
    expect(page.gateway.socket.requestedClose).toBeUndefined();
  });

  test("does not open an ended session again when it is moved", async () => {
    const element = await page.connected<"curfew-serial">(
      `<curfew-serial url="ws://gateway/ws" autoconnect></curfew-serial>`,
    );
    page.gateway.socket.end(4005, "session_terminated");
    document.body.prepend(element);
    await Promise.resolve();
    expect(element.state.status).toBe("closed");
    expect(page.gateway.sockets).toHaveLength(1);
  });
});

describe("events", () => {
  test("tell the states, the warning, the renewal and the end, and bubble", async () => {
    const element = page.add<"curfew-serial">(`<curfew-serial url="ws://gateway/ws"></curfew-serial>`);
    const events = heard(element);
    const atDocument = vi.fn<(event: CustomEvent<CloseInfo>) => void>();
    document.addEventListener("curfew-closed", atDocument, { once: true });
    await element.connect();
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 30_000 });
    const renewing = element.console?.connection.renew("token");
    page.gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 600_000 });
    await renewing;
    await vi.waitFor(() => expect(element.console?.terminal).not.toBeNull());
    element.console?.terminal?.write("\u0007");
    await vi.waitFor(() => expect(events.at(-1)?.[0]).toBe("curfew-bell"));
    page.gateway.socket.end(4003, "forbidden");
    expect(events.filter(([name]) => !/state|resize/.test(name))).toEqual([
      ["curfew-expiring", { expiresInMs: 30_000, renewable: true }],
      ["curfew-renewed", { expiresInMs: 600_000 }],
      ["curfew-bell", null],
      ["curfew-closed", expect.objectContaining({ reason: "forbidden" })],
    ]);
    const states = events
      .filter(([name]) => name === "curfew-state")
      .map(([, state]) => (state as { status: string }).status);
    expect([...new Set(states)]).toEqual(["connecting", "connected", "closed"]);
    expect(atDocument.mock.calls[0]?.[0].target).toBe(element);
  });
});

describe("xterm's style sheet", () => {
  test("is put into the shadow root, and nothing else of the page's styles", async () => {
    const style = document.createElement("style");
    style.textContent = "@layer page { .xterm { --layered: 1 } } button { color: red }";
    document.head.append(style);
    const lines: string[] = [];
    const element = await page.connected<"curfew-serial">(
      `<curfew-serial url="ws://gateway/ws" autoconnect></curfew-serial>`,
      (serial) => {
        serial.options = { ...serial.options, log: (level, text) => void lines.push(`${level} ${text}`) };
      },
    );
    style.remove();
    const textarea = element.shadowRoot?.querySelector("textarea");
    expect(textarea && getComputedStyle(textarea).position).toBe("absolute");
    const rules = element.shadowRoot?.adoptedStyleSheets[0]?.cssRules ?? [];
    expect([...rules].some(({ cssText }) => cssText.includes("--layered"))).toBe(true);
    expect([...rules].every(({ cssText }) => cssText.includes(".xterm"))).toBe(true);
    expect(lines.filter((line) => line.includes("xterm.css"))).toEqual([]);
  });
});
