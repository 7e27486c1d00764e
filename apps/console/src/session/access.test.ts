import { afterEach, beforeAll, beforeEach, expect, test, vi, type Mock } from "vitest";
import type { ConsoleUrl } from "../console-url/parse-console-url.ts";
import { loadTexts } from "../locales/load-texts.ts";
import { setTexts } from "../locales/texts.ts";
import { Access } from "./access.ts";

const url: ConsoleUrl = {
  type: "vnc",
  token: "first",
  socketUrl: "wss://gw.example/websockify",
  name: undefined,
  viewOnly: false,
  shared: true,
  scale: "fit",
  quality: undefined,
  compression: undefined,
  showDotCursor: undefined,
  clipViewport: false,
  reconnect: true,
  password: undefined,
  clipboard: {},
  unused: [],
  renewUrl: "https://gw.example/renew",
  renewBlocked: false,
};

const { signal } = new AbortController();

let kept: unknown;
beforeEach(() => {
  kept = null;
  vi.stubGlobal("history", { replaceState: (state: unknown) => (kept = state) });
});
beforeAll(async () => {
  setTexts(await loadTexts(["en"]));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function answering(body: BodyInit, init?: ResponseInit): Mock<typeof fetch> {
  const fetching = vi.fn<typeof fetch>(() => Promise.resolve(new Response(body, init)));
  vi.stubGlobal("fetch", fetching);
  return fetching;
}

test("passes the token separately, not in the address", () => {
  expect(new Access(url).grant()).toEqual({ url: "wss://gw.example/websockify", token: "first" });
});

test("POSTs with cookies, and connects with the new token only once it is confirmed", async () => {
  const fetching = answering('{"token":"second"}');
  const access = new Access(url);
  expect(await access.request(signal)).toBe("second");
  expect(fetching).toHaveBeenCalledWith(
    "https://gw.example/renew",
    expect.objectContaining({ method: "POST", credentials: "include", redirect: "error" }),
  );
  expect(access.grant().token).toBe("first");
  access.confirm();
  expect(access.grant().token).toBe("second");
});

test("keeps the token for a reload, the new one once it is confirmed, and none after the end", () => {
  const access = new Access(url);
  access.keep();
  expect(kept).toEqual({ curfewToken: "first" });
  access.offer("second");
  expect(kept).toEqual({ curfewToken: "first" });
  access.confirm();
  expect(kept).toEqual({ curfewToken: "second" });
  access.forget();
  expect(kept).toBeNull();
});

test.each([
  ["", { status: 403 }, "You are no longer allowed to open this console."],
  ["", { status: 500 }, "The access service responded with HTTP 500."],
  ["<html>", {}, "The access service did not return a token."],
  ['{"token":5}', {}, "The access service did not return a token."],
])("says what is wrong with the answer %j %j", async (body, init, sentence) => {
  answering(body, init);
  const access = new Access(url);
  await expect(access.request(signal)).rejects.toThrow(sentence);
  access.confirm();
  expect(access.grant().token).toBe("first");
});

test("says so when there is no response", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(new Access(url).request(signal)).rejects.toThrow("did not respond");
});

test("says that the operator does not allow the address in the URL, unless the embedding page provides tokens", async () => {
  const blocked = { ...url, renewUrl: undefined, renewBlocked: true };
  const alone = new Access(blocked);
  expect(alone).toMatchObject({ canRequest: false, isBlocked: true });
  await expect(alone.request(signal)).rejects.toThrow("does not allow this link to request new access");
  const embedded = new Access(blocked, { canRenew: true, requestToken: () => Promise.resolve("second") });
  expect(embedded).toMatchObject({ canRequest: true, isBlocked: false });
  await expect(embedded.request(signal)).resolves.toBe("second");
});

test("waits only for a limited time, and no longer than until it is canceled", async () => {
  vi.stubGlobal("fetch", (_url: string, { signal: given }: RequestInit) => {
    return new Promise((_, reject) => {
      given?.addEventListener("abort", () => {
        reject(given.reason as Error);
      });
    });
  });
  const timeouts = vi.spyOn(AbortSignal, "timeout");
  const slow = new AbortController();
  timeouts.mockReturnValueOnce(slow.signal);
  const late = new Access(url).request(signal);
  slow.abort();
  await expect(late).rejects.toThrow("did not respond");
  expect(timeouts).toHaveBeenCalledWith(20_000);
  const left = new AbortController();
  const unwanted = new Access(url).request(left.signal);
  left.abort();
  await expect(unwanted).rejects.toThrow("did not respond");
});
