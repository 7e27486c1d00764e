import { VncConsoleView } from "@curfew/react";

export function Screen({ machine }: { machine: string }) {
  const post = (path: string) => fetch(`/api/consoles/${machine}${path}`, { method: "POST" });
  return (
    <VncConsoleView
      key={machine}
      style={{ height: "100%" }}
      authorize={async () => (await post("")).json()} // { url, token }
      renew={async () => (await post("/token")).text()}
      overlay={({ status }, { connect }) => <button onClick={connect}>{status}: open</button>}
    />
  );
}
