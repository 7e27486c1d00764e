"use client";

import { english } from "@curfew/client/messages/en";
import { VncConsoleView } from "@curfew/react";

/** The console, and above it what there is to say about it. */
export function Console({ url, token }) {
  return (
    <VncConsoleView
      authorize={() => ({ url, token })}
      overlay={(state, actions) => <Status state={state} actions={actions} />}
      style={{ height: "100dvh" }}
    />
  );
}

function Status({ state, actions }) {
  if (state.status !== "closed") return <p role="status">{english.states[state.status]}</p>;
  const { title, sentence, next } = english.ends[state.cause.reason];
  return (
    <div role="status">
      <h1>{title}</h1>
      <p>{sentence}</p>
      <button onClick={actions.connect}>{next}</button>
    </div>
  );
}
