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
  const style = { padding: "1rem" };
  if (state.status !== "closed") {
    return (
      <div role="status" style={style}>
        {english.states[state.status]}
      </div>
    );
  }
  const { title, sentence, next } = english.closeReasons[state.cause.reason];
  return (
    <div role="status" style={style}>
      <h1>{title}</h1>
      <p>{sentence}</p>
      <button onClick={actions.connect}>{next}</button>
    </div>
  );
}
