import { afterEach, beforeAll, expect, it, vi, type Mock } from "vitest";
import type { ConsoleLink } from "../link/parse-location.ts";
import { loadWords } from "../words/load-words.ts";
import { useWords } from "../words/words.ts";
import { Access } from "./access.ts";

const link: ConsoleLink = {
  type: "vnc",
  token: "first",
  socketUrl: "wss://gw.example/websockify",
  name: null,
  viewOnly: false,
  shared: true,
  scale: "fit",
  renewUrl: "https://gw.example/renew",
};

const { signal } = new AbortController();

beforeAll(async () => {
  useWords(await loadWords(["en"]));
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

it("hands the token over beside the address, not in it", () => {
  expect(new Access(link).grant()).toEqual({ url: "wss://gw.example/websockify", token: "first" });
});

it("POSTs with cookies, and connects with the new token only once it is confirmed", async () => {
  const fetching = answering('{"token":"second"}');
  const access = new Access(link);
  expect(await access.request(signal)).toBe("second");
  expect(fetching).toHaveBeenCalledWith(
    "https://gw.example/renew",
    expect.objectContaining({ method: "POST", credentials: "include", redirect: "error" }),
  );
  expect(access.grant().token).toBe("first");
  access.confirm();
  expect(access.grant().token).toBe("second");
});

it.each([
  ["", { status: 403 }, "You may not open this console any more."],
  ["", { status: 500 }, "The answer was HTTP 500."],
  ["<html>", {}, "The answer did not contain a token."],
  ['{"token":5}', {}, "The answer did not contain a token."],
])("says what is wrong with the answer %j %j", async (body, init, sentence) => {
  answering(body, init);
  const access = new Access(link);
  await expect(access.request(signal)).rejects.toThrow(sentence);
  access.confirm();
  expect(access.grant().token).toBe("first");
});

it("says so when nobody answers", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(new Access(link).request(signal)).rejects.toThrow("did not answer");
});

it("waits for an answer only so long, and not for one that is not wanted any more", async () => {
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
  const late = new Access(link).request(signal);
  slow.abort();
  await expect(late).rejects.toThrow("did not answer");
  expect(timeouts).toHaveBeenCalledWith(20_000);
  const left = new AbortController();
  const unwanted = new Access(link).request(left.signal);
  left.abort();
  await expect(unwanted).rejects.toThrow("did not answer");
});
