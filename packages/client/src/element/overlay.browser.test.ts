import { describe, expect, test, vi } from "vitest";
import { ElementPage, click, reaches, shown } from "../../test/element-page.ts";
import { messagesFor } from "../locales/index.ts";

const page = new ElementPage();
const serial = (attributes = "", slots = ""): string =>
  `<curfew-serial url="ws://gateway/ws" autoconnect ${attributes}>${slots}</curfew-serial>`;
const text = (element: Element, selector: string): string | undefined => shown(element, selector)?.textContent;
const announced = (element: Element): string | null | undefined =>
  element.shadowRoot?.querySelector("[role=status]")?.textContent;

describe("the warning", () => {
  test("says how long the session has, leaves the size of the console alone with the cursor visible, and renews", async () => {
    const element = await page.connected<"curfew-serial">(serial(), (one) => {
      one.renew = () => "new-token";
    });
    // Numbers, because two rectangles have no properties of their own that could differ.
    const box = (): number[] => {
      const { x, y, width, height } = shown(element, ".screen")?.getBoundingClientRect() ?? new DOMRect();
      return [x, y, width, height];
    };
    const before = box();
    expect(before[3]).toBeGreaterThan(0);
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 60_000 });
    expect(element.getAttribute("status")).toBe("expiring");
    expect(text(element, ".warning p")).toContain("This session ends in 1 minute. Renew it");
    expect(announced(element)).toContain("This session ends in 1 minute.");
    expect(shown(element, "[role=timer]")?.ariaLive).toBe("off");
    expect(text(element, ".warning strong")).toBe("This session ends in 1:00.");
    expect(box()).toEqual(before);
    const bottom = shown(element, ".warning")?.getBoundingClientRect().bottom ?? 0;
    const cursorTop = (): number => shown(element, ".xterm-rows > div")?.getBoundingClientRect().top ?? 0;
    await vi.waitFor(() => expect(cursorTop()).toBeGreaterThanOrEqual(Math.floor(bottom)));

    click(element, "Renew");
    await vi.waitFor(() =>
      expect(page.gateway.socket.controls.at(-1)).toMatchObject({ type: "renew", token: "new-token" }),
    );
    expect(element.getAttribute("status")).toBe("renewing");
    expect(shown(element, ".warning button")?.ariaDisabled).toBe("true");
    page.gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 600_000 });
    expect(element.getAttribute("status")).toBe("renewed");
    expect(text(element, ".warning p")).toContain("Renewed. This session now ends in");
    expect(announced(element)).toContain("Renewed.");
  });

  test("counts down", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 2500 });
    expect(text(element, "[role=timer]")).toContain("3 seconds");
    await vi.waitFor(() => expect(text(element, "[role=timer]")).toContain("2 seconds"));
  });

  test("can be hidden, and comes again with the next warning", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 60_000 });
    click(element, "Hide");
    expect(shown(element, ".warning")).toBeNull();
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 10_000 });
    expect(shown(element, ".warning")).not.toBeNull();
  });

  test("offers to try again when the renewal failed", async () => {
    const element = await page.connected<"curfew-serial">(serial(), (one) => {
      one.renew = () => Promise.reject(new Error("no"));
    });
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 60_000 });
    click(element, "Renew");
    await reaches(element, "renew-failed");
    expect(text(element, ".warning p")).toContain("The renewal failed.");
    expect(announced(element)).toContain("The renewal failed.");
    click(element, "Try again");
    expect(element.getAttribute("status")).toBe("renewing");
  });

  test.each([
    ["the gateway does not renew", false, true, "It cannot be extended."],
    ["the page cannot get a token", true, false, "open the console again with a new link"],
  ])("has no Renew when %s", async (_case, renewable, canRenew, sentence) => {
    page.renewable = renewable;
    const element = await page.connected<"curfew-serial">(serial(), (one) => {
      if (canRenew) one.renew = () => "token";
    });
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 60_000 });
    expect(text(element, ".warning p")).toContain(sentence);
    expect(() => click(element, "Renew")).toThrow("no button Renew");
  });

  test("does not come when the session renews itself, unless that fails", async () => {
    let token = Promise.resolve("new-token");
    const element = await page.connected<"curfew-serial">(serial("auto-renew"), (one) => {
      one.renew = () => token;
    });
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 60_000 });
    expect(element.getAttribute("status")).toBe("connected");
    await vi.waitFor(() => expect(page.gateway.socket.controls).toHaveLength(1));
    page.gateway.socket.session.send({ type: "renewed", id: 1, expiresInMs: 60_000 });
    expect(element.getAttribute("status")).toBe("connected");
    token = Promise.reject(new Error("no"));
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 30_000 });
    await reaches(element, "renew-failed");
    expect(text(element, ".warning p")).toContain("The renewal failed. (the renew callback failed: no)");
  });

  test("asks whether the user is still there, and tells the gateway", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    page.gateway.socket.session.send({ type: "idle_warning", endsInMs: 60_000 });
    expect(element.getAttribute("status")).toBe("inactive");
    expect(text(element, ".warning p")).toContain("Still there? This console closes in 1 minute unless you use it.");
    click(element, "I’m still here");
    expect(page.gateway.socket.controls.at(-1)).toEqual({ type: "still_here" });
    page.gateway.socket.session.send({ type: "idle_warning", endsInMs: null });
    expect(element.getAttribute("status")).toBe("connected");
  });
});

describe("another session that asks to take over", () => {
  test("is asked about over the console, which keeps the keyboard, and Ctrl + Alt + Shift leads to the answers", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    element.focus();
    page.gateway.socket.session.send({ type: "takeover_request", id: 3, endsInMs: 10_000, user: "bob" });
    expect(text(element, ".takeover strong")).toBe("bob wants this console");
    expect(text(element, ".takeover p")).toContain(
      "your session ends. The machine keeps running. Without an answer in 10",
    );
    expect(announced(element)).toContain("bob wants this console");
    expect(element.shadowRoot?.activeElement?.closest(".takeover") ?? null).toBeNull();
    click(element, "Decline");
    expect(page.gateway.socket.controls.at(-1)).toEqual({ type: "takeover_answer", id: 3, allow: false });
    expect(shown(element, ".takeover p")).toBeNull();
    expect(element.getAttribute("status")).toBe("connected");
  });

  test("waits with words, and may cancel", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    page.gateway.socket.end(1006);
    page.answers = false;
    click(element, "Try now");
    await vi.waitFor(() => expect(page.gateway.sockets).toHaveLength(2));
    page.gateway.socket.accept();
    page.gateway.socket.session.send({ type: "takeover_pending", endsInMs: 10_000 });
    expect(text(element, ".title")).toBe("Asking the user at the console…");
    click(element, "Cancel");
    await reaches(element, "closed");
  });
});

describe("a lost connection", () => {
  test("is told with its reason and a countdown, and tried again at once on request", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    page.gateway.socket.end(1006);
    expect(text(element, ".title")).toBe("Connection lost");
    expect(text(element, ".countdown")).toBe("Next attempt in 1 minute · Attempt 2");
    expect(announced(element)).toBe(
      "Connection lost – The page connects again by itself. The machine is not affected.",
    );
    expect(shown(element, ".xterm")).not.toBeNull();
    click(element, "Try now");
    await reaches(element, "connected");
    expect(page.gateway.sockets).toHaveLength(2);
  });

  test("can be given up", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    page.gateway.socket.end(1006);
    click(element, "Cancel");
    expect(text(element, ".title")).toBe("Disconnected");
  });
});

describe("the end", () => {
  test("has the operator's words, marked as such, also for screen readers", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    const message = "Maintenance <b>until</b> 14:00";
    page.gateway.socket.session.send({ type: "bye", reason: "session_terminated", message });
    page.gateway.socket.end(4005, "session_terminated");
    const words = `The operator wrote: “${message}”`;
    expect(text(element, ".message")).toBe(words);
    expect(announced(element)).toContain(`Ended by an operator – An operator ended this session`);
    expect(announced(element)).toContain(words);
    click(element, "Open again");
  });

  test("says why, and opens again with a new token", async () => {
    const authorize = vi.fn<() => { url: string }>(() => ({ url: "ws://gateway/ws" }));
    const element = await page.connected<"curfew-serial">(serial(), (one) => {
      one.authorize = authorize;
    });
    page.gateway.socket.end(4100, "session_expired");
    expect(text(element, ".title")).toBe("Session expired");
    expect(text(element, ".sentence")).toContain("limited in time");
    expect(text(element, "code")).toBe("session_expired · 4100");
    expect(announced(element)).toMatch(/^Session expired – Your access/);
    click(element, "Open again");
    await reaches(element, "connected");
    expect(authorize).toHaveBeenCalledTimes(2);
  });

  test("asks for a new link where only a url was given", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    page.gateway.socket.end(4100, "session_expired");
    expect(text(element, ".advice")).toContain("open the console again from the place");
    expect(() => click(element, "Open again")).toThrow("no button");
  });

  test("takes the keyboard from the console that is gone, and gives it back when it is opened again", async () => {
    const element = await page.connected<"curfew-serial">(serial(), (one) => {
      one.authorize = () => ({ url: "ws://gateway/ws" });
    });
    element.focus();
    expect(element.shadowRoot?.activeElement?.localName).toBe("textarea");
    page.gateway.socket.end(4100, "session_expired");
    expect(element.shadowRoot?.activeElement?.textContent).toBe("Open again");
    click(element, "Open again");
    await reaches(element, "connected");
    expect(element.shadowRoot?.activeElement?.localName).toBe("textarea");
  });

  test("takes no keyboard that the console did not have", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    page.gateway.socket.end(4100, "session_expired");
    expect(document.activeElement).toBe(document.body);
    expect(element.shadowRoot?.activeElement).toBeNull();
  });
});

describe("the keyboard", () => {
  test("leaves the console with Ctrl + Alt + Shift, to Renew while there is a warning", async () => {
    const element = await page.connected<"curfew-serial">(serial(), (one) => {
      one.renew = () => "token";
    });
    const chord = async (): Promise<void> => {
      element.focus();
      const down = { bubbles: true, composed: true, ctrlKey: true, altKey: true, shiftKey: true };
      const textarea = element.shadowRoot?.activeElement;
      textarea?.dispatchEvent(new KeyboardEvent("keydown", { ...down, key: "Shift" }));
      textarea?.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true, composed: true, key: "Shift" }));
      await vi.waitFor(() => expect(element.shadowRoot?.activeElement).not.toBe(textarea));
    };
    await chord();
    expect(element.shadowRoot?.activeElement?.classList.contains("screen")).toBe(true);
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 60_000 });
    await chord();
    expect(element.shadowRoot?.activeElement?.textContent).toBe("Renew");
  });
});

describe("what a console cannot take", () => {
  test("is told in the language of the element: files, over the console and over what covers it", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    const drag = (over: string): boolean => {
      const event = new DragEvent("dragenter", { bubbles: true, cancelable: true, composed: true });
      element.shadowRoot?.querySelector(over)?.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(shown(element, ".notice")).toBeNull();
    expect(drag(".xterm-rows")).toBe(true);
    expect(text(element, ".notice")).toBe("Files and links cannot be dropped on a console.");
    page.gateway.socket.end(4100, "session_expired");
    expect(drag(".panel")).toBe(true);
  });

  test("includes what an input method composes over a picture", async () => {
    const element = await page.connected<"curfew-vnc">("<curfew-vnc autoconnect url='ws://gateway/ws'></curfew-vnc>");
    const canvas = element.shadowRoot?.querySelector("canvas");
    canvas?.dispatchEvent(new KeyboardEvent("keydown", { key: "Process", bubbles: true, composed: true }));
    expect(text(element, ".notice")).toContain("input method");
  });
});

test("leaveKeys are those of the description, and of the console", async () => {
  const element = await page.connected<"curfew-serial">(serial(), (one) => {
    one.options = { ...one.options, leaveKeys: ["Control", "Alt"] };
  });
  const screen = element.shadowRoot?.querySelector<HTMLElement>(".screen");
  expect(screen?.ariaDescription).toBe("Press and release Ctrl + Alt to leave the console with the keyboard.");
  element.focus();
  const down = { key: "Alt", bubbles: true, composed: true, ctrlKey: true, altKey: true };
  element.shadowRoot?.activeElement?.dispatchEvent(new KeyboardEvent("keydown", down));
  element.shadowRoot?.activeElement?.dispatchEvent(
    new KeyboardEvent("keyup", { key: "Alt", bubbles: true, composed: true }),
  );
  await vi.waitFor(() => expect(element.shadowRoot?.activeElement).toBe(screen));
});

describe("slots", () => {
  test("replace the end only at the end", async () => {
    const element = await page.connected<"curfew-serial">(serial("", `<p slot="end">Bye</p>`));
    const bye = element.querySelector("p");
    expect(bye?.checkVisibility()).toBe(false);
    page.gateway.socket.end(4100, "session_expired");
    expect(bye?.checkVisibility()).toBe(true);
    expect(shown(element, ".panel")).toBeNull();
  });

  test("replace the warning and everything that is drawn over the console", async () => {
    const element = await page.connected<"curfew-serial">(
      serial("", `<p slot="overlay">Over</p><p slot="warning">Soon</p>`),
    );
    const [over, soon] = element.querySelectorAll("p");
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 60_000 });
    expect([over, soon].map((slotted) => slotted?.checkVisibility())).toEqual([false, true]);
    page.gateway.socket.end(1006);
    expect([over, soon].map((slotted) => slotted?.checkVisibility())).toEqual([true, false]);
    expect(shown(element, ".panel")).toBeNull();
    // The session may be over: nothing that it has shown is to be read, also behind the page's own overlay.
    const veil = getComputedStyle(shown(element, ".overlay") as HTMLElement).backgroundColor;
    expect(veil).toMatch(/^rgb\(/);
  });
});

describe("words", () => {
  test("are those of the element's language, and change with it", async () => {
    const element = await page.connected<"curfew-serial">(serial(`lang="de-CH"`));
    page.gateway.socket.end(4100, "session_expired");
    await vi.waitFor(() => expect(text(element, ".title")).toBe("Sitzung abgelaufen"));
    element.lang = "ja";
    await vi.waitFor(() => expect(text(element, ".title")).toBe("セッションの期限が切れました"));
    expect(shown(element, ".shell")?.lang).toBe("ja");
  });

  test("are those that were asked for last, whichever come first", async () => {
    const element = await page.connected<"curfew-serial">(serial());
    page.gateway.socket.end(4100, "session_expired");
    const words = await messagesFor("fr");
    element.lang = "es";
    element.messages = words;
    await vi.waitFor(() => expect(text(element, ".title")).toBe(words.closeReasons.session_expired.title));
    await messagesFor("es");
    await new Promise(requestAnimationFrame);
    expect(text(element, ".title")).toBe(words.closeReasons.session_expired.title);
  });

  test("can be the page's own", async () => {
    const words = await messagesFor("en");
    const element = await page.connected<"curfew-serial">(serial(), (one) => {
      one.messages = {
        ...words,
        states: { ...words.states, idle: "x" },
        closeReasons: { ...words.closeReasons, forbidden: { title: "No", sentence: "No.", next: "No" } },
      };
    });
    page.gateway.socket.end(4003, "forbidden");
    expect(text(element, ".title")).toBe("No");
  });
});
