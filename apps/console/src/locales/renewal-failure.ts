import type { ConsoleError } from "@curfew/client";
import { texts } from "./texts.ts";

/**
 * Why a renewal failed, in the page's language; empty where there is nothing to add. Messages from the gateway and the
 * SDK are in English, for logs, and are not shown.
 */
export function renewalFailureSentence({ code, cause }: ConsoleError): string {
  const { access } = texts();
  if (code === "timeout") return access.unanswered;
  if (code !== "renew_failed") return "";
  // The page's own token request fails with one of the page's sentences.
  return cause instanceof Error ? cause.message : access.notAccepted;
}
