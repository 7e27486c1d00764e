import { parseServerMessage } from "@curfew/protocol";
import { describe, expect, test, vi } from "vitest";
import { connectionFixture, settled } from "../../test/connection-fixture.ts";
import { followAccess } from "../views/follow-access.ts";

const { gateway, create, opened } = connectionFixture();

describe("a session that ends without input", () => {
  test("says in its state that it does, and when after the warning", async () => {
    const { connection } = create();
    const connecting = connection.connect();
    await settled();
    gateway.socket.accept();
    gateway.socket.session.send({
      type: "hello",
      session: "s1",
      expiresInMs: null,
      renewable: false,
      idleTimeoutMs: 900_000,
    });
    await connecting;
    const heard: unknown[] = [];
    connection.on("idlewarning", (warning) => heard.push(warning));
    expect(connection.state).toMatchObject({ session: { idleTimeoutMs: 900_000, idleEndsAt: null } });
    await vi.advanceTimersByTimeAsync(840_000);
    gateway.socket.session.send({ type: "idle_warning", endsInMs: 60_000 });
    expect(connection.state).toMatchObject({ session: { idleEndsAt: performance.now() + 60_000 } });
    expect(connection.stillHere()).toBe(true);
    expect(gateway.socket.controls.at(-1)).toEqual({ type: "still_here" });
    gateway.socket.session.send({ type: "idle_warning", endsInMs: null });
    expect(connection.state).toMatchObject({ session: { idleEndsAt: null } });
    expect(heard).toEqual([{ endsInMs: 60_000 }, { endsInMs: null }]);
    await connection.close();
    expect(connection.stillHere()).toBe(false);
  });

  test("is not assumed of a gateway that does not say so", async () => {
    const { connection } = await opened();
    expect(connection.state).toMatchObject({ session: { idleTimeoutMs: null, idleEndsAt: null } });
    await connection.close();
  });
});

describe("another session that asks to take over", () => {
  test("is in the state with its user until the user has answered, once", async () => {
    const { connection } = await opened();
    const heard: unknown[] = [];
    connection.on("takeover", (takeover) => heard.push(takeover));
    expect(connection.answerTakeover(true)).toBe(false);
    gateway.socket.session.send({ type: "takeover_request", id: 7, endsInMs: 10_000, user: "bob\u202e\n" });
    expect(connection.state).toMatchObject({
      session: { takeover: { user: "bob", endsAt: performance.now() + 10_000 } },
    });
    expect(connection.answerTakeover(false)).toBe(true);
    expect(gateway.socket.controls.at(-1)).toEqual({ type: "takeover_answer", id: 7, allow: false });
    expect(connection.answerTakeover(true)).toBe(false);
    gateway.socket.session.send({ type: "takeover_over", id: 7 });
    expect(heard).toEqual([
      { user: "bob", endsInMs: 10_000 },
      { user: "bob", endsInMs: null },
    ]);
    await connection.close();
  });

  test("may give up, and then needs no answer; what is said of an earlier question changes nothing", async () => {
    const { connection } = await opened();
    gateway.socket.session.send({ type: "takeover_request", id: 8, endsInMs: 10_000 });
    gateway.socket.session.send({ type: "takeover_over", id: 7 });
    expect(connection.state).toMatchObject({ session: { takeover: { user: null } } });
    gateway.socket.session.send({ type: "takeover_over", id: 8 });
    expect(connection.state).toMatchObject({ session: { takeover: null } });
    expect(connection.answerTakeover(true)).toBe(false);
    await connection.close();
  });
});

test("a session that waits for the user at the console is connecting until then, and has time for that", async () => {
  const { connection } = create({ helloTimeoutMs: 5000 });
  const connecting = connection.connect();
  await settled();
  gateway.socket.accept();
  gateway.socket.session.send({ type: "takeover_pending", endsInMs: 10_000 });
  expect(connection.state).toEqual({ status: "connecting", attempt: 1, askingUntil: performance.now() + 10_000 });
  await vi.advanceTimersByTimeAsync(14_000);
  gateway.socket.session.hello();
  await connecting;
  expect(connection.state).toMatchObject({ status: "connected", session: { takeover: null } });
  await connection.close();
});

test("access that only allows looking is in the state, and makes a view view only", async () => {
  const { connection } = create();
  const view = { viewOnly: false };
  followAccess(connection, view);
  const connecting = connection.connect();
  await settled();
  gateway.socket.accept();
  gateway.socket.session.send({ type: "hello", session: "s1", expiresInMs: null, renewable: false, access: "view" });
  await connecting;
  expect(connection.state).toMatchObject({ session: { access: "view" } });
  expect(view.viewOnly).toBe(true);
  await connection.close();
});

test("access is control where the gateway does not say so, or says something new", async () => {
  const { connection } = await opened();
  const view = { viewOnly: false };
  followAccess(connection, view);
  expect(connection.state).toMatchObject({ session: { access: "control" } });
  await connection.close();
  const hello = { type: "hello", session: "s", expiresInMs: null, renewable: false, access: "approve" };
  expect(parseServerMessage(JSON.stringify(hello))).not.toHaveProperty("message.access");
});

describe("what an operator wrote", () => {
  test.each([
    ["Maintenance until 14:00, sorry – Ada", "Maintenance until 14:00, sorry – Ada"],
    ["two\nlines \u202egnihtemos", "two lines gnihtemos"],
    ["x".repeat(600), `${"x".repeat(500)}…`],
  ])("arrives in a field of its own, fit to be shown (%#)", async (message, shown) => {
    const { connection } = await opened();
    gateway.socket.session.send({ type: "bye", reason: "session_terminated", detail: "an operator ended it", message });
    gateway.socket.end(4005, "session_terminated");
    expect(connection.state).toMatchObject({
      status: "closed",
      cause: { reason: "session_terminated", detail: "an operator ended it", message: shown },
    });
  });

  test.each([undefined, "", " "])("is absent where there is nothing (%j)", async (message) => {
    const { connection } = await opened();
    const more = message === undefined ? {} : { message };
    gateway.socket.session.send({ type: "bye", reason: "session_terminated", ...more });
    gateway.socket.end(4005, "session_terminated");
    expect(connection.state).not.toHaveProperty("cause.message");
  });
});
