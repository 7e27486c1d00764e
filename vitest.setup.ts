import { vi } from "vitest";

/** As `expect.poll` in vitest.config.ts: a limit for what never happens, not for a busy machine. */
const TIMEOUT_MS = 90_000;

const { waitFor, waitUntil } = vi;

// Their default of one second cannot be configured.
vi.waitFor = async (callback, options) =>
  await waitFor(callback, typeof options === "number" ? options : { timeout: TIMEOUT_MS, ...options });
vi.waitUntil = async (callback, options) =>
  await waitUntil(callback, typeof options === "number" ? options : { timeout: TIMEOUT_MS, ...options });
