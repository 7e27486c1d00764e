import type { ConsoleError } from "@curfew/client";
import { words } from "./words.ts";

/**
 * Why a renewal failed, in the page's language; empty where there is no more to say. What the gateway and the SDK add to
 * it is English, for logs.
 */
export function renewalFailureSentence({ code, cause }: ConsoleError): string {
  const { access } = words();
  if (code === "timeout") return access.unanswered;
  if (code !== "renew_failed") return "";
  // The page's own request failed with a sentence of the page.
  return cause instanceof Error ? cause.message : access.notAccepted;
}
