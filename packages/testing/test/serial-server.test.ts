import { type FakeSerialServer, startFakeSerial } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { TcpClient } from "./tcp-client.ts";

const PROMPT = "guest@fake:~$ ";

async function logIn(server: FakeSerialServer): Promise<TcpClient> {
  const client = await TcpClient.connect(server.port);
  await client.untilText("fake login: ");
  client.write("guest\r");
  await client.untilText("Password: ");
  client.write("guest\r");
  await client.untilText(PROMPT);
  return client;
}

/** What a command writes between its own line and the next prompt. */
async function run(client: TcpClient, command: string): Promise<string> {
  const before = client.received.length;
  client.write(`${command}\r`);
  await client.until((received) => received.subarray(before).includes(PROMPT));
  const text = client.received.subarray(before).toString();
  return text.slice(command.length + 2, -PROMPT.length);
}

describe("login", () => {
  test("asks for user and password, and does not echo the password", async () => {
    await using server = await startFakeSerial();
    using client = await logIn(server);
    expect(client.text).toBe(`\r\nCurfew fake guest fake ttyS0\r\n\r\nfake login: guest\r\nPassword: \r\n${PROMPT}`);
    expect(server.received("login")).toEqual([{ connection: 0, user: "guest", ok: true }]);
  });

  test("refuses a wrong password and asks again", async () => {
    await using server = await startFakeSerial({ user: "root", password: "right", hostname: "vm-1", banner: "" });
    using client = await TcpClient.connect(server.port);
    client.write("root\rwrong\r");
    await client.untilText("\r\nLogin incorrect\r\nvm-1 login: ");
    client.write("root\rright\r");
    await client.untilText("root@vm-1:~$ ");
    expect(server.received("login").map(({ ok }) => ok)).toEqual([false, true]);
  });

  test.each(["exit\r", "logout\r", "\u0004"])("%j logs out to a new login prompt", async (input) => {
    await using server = await startFakeSerial();
    using client = await logIn(server);
    client.write(input);
    await client.untilText("logout\r\n\r\nfake login: ");
    expect(server.received("logout")).toEqual([{ connection: 0 }]);
  });
});

describe("the shell", () => {
  test.each([
    ["echo hello  world", "hello world\r\n"],
    ["hostname", "fake\r\n"],
    ["whoami", "guest\r\n"],
    ["seq 3", "1\r\n2\r\n3\r\n"],
    ["yes 2 no way", "no way\r\nno way\r\n"],
    ["flood 20", "00000000000000\r\n0000"],
    ["", ""],
    ["rm -rf /", "rm: command not found\r\n"],
    ["toString", "toString: command not found\r\n"],
    ["seq x", "seq: x: expected a number from 0 to 1073741824\r\n"],
    ["seq", "seq: nothing: expected a number from 0 to 1073741824\r\n"],
  ])("%j writes %j", async (command, output) => {
    await using server = await startFakeSerial();
    using client = await logIn(server);
    expect(await run(client, command)).toBe(output);
    expect(server.received("command")).toEqual([{ connection: 0, line: command }]);
  });

  test("help lists every command", async () => {
    await using server = await startFakeSerial();
    using client = await logIn(server);
    const names = (await run(client, "help"))
      .trim()
      .split("\r\n")
      .map((line) => line.split(" ")[0]);
    expect(names).toEqual(["echo", "help", "hostname", "whoami", "seq", "yes", "flood", "exit", "logout"]);
  });

  test("a flood has exactly the length that was asked for", async () => {
    await using server = await startFakeSerial();
    using client = await logIn(server);
    const text = await run(client, "flood 1000003");
    expect(text.length).toBe(1_000_003);
    expect(text.slice(16 * 62_499, 16 * 62_500)).toBe("00000000062499\r\n");
  });

  test("Ctrl-C stops an endless command, and what was typed ahead is gone", async () => {
    await using server = await startFakeSerial();
    using client = await logIn(server);
    client.write("yes\r");
    await client.until(({ length }) => length > 100_000);
    client.write("echo typed ahead\r\u0003");
    await server.waitFor("interrupt");
    await client.until((received) => received.toString().endsWith(PROMPT));
    expect(await run(client, "echo next")).toBe("next\r\n");
    expect(server.received("command").map(({ line }) => line)).toEqual(["yes", "echo next"]);
  });

  test("Ctrl-C drops the line so far", async () => {
    await using server = await startFakeSerial();
    using client = await logIn(server);
    client.write("echo lost\u0003");
    await client.untilText(`${PROMPT}echo lost^C\r\n${PROMPT}`);
    expect(await run(client, "echo kept")).toBe("kept\r\n");
  });

  test.each(["\r", "\n", "\r\n"])("%j ends one line", async (end) => {
    await using server = await startFakeSerial();
    using client = await logIn(server);
    client.write(`echo a${end}echo b${end}`);
    await client.untilText(`b\r\n${PROMPT}`);
    expect(server.received("command").map(({ line }) => line)).toEqual(["echo a", "echo b"]);
  });

  test("backspace removes a whole character, and Ctrl-U the line", async () => {
    await using server = await startFakeSerial();
    using client = await logIn(server);
    client.write("nonsense\u0015echo é😀\u007f\u0008x\r");
    await client.untilText(`\r\nx\r\n${PROMPT}`);
    expect(client.text).toContain("echo é😀\b \b\b \bx\r\n");
    expect(server.received("command")).toEqual([{ connection: 0, line: "echo x" }]);
  });
});

test("the input is kept byte for byte, and a message can be printed on the console", async () => {
  await using server = await startFakeSerial();
  using client = await logIn(server);
  client.write(Uint8Array.of(0x1b, 0x5b, 0x41, 0xff));
  await server.waitFor("input", ({ bytes }) => bytes.includes(0xff));
  expect(server.connections[0]!.input.toString("latin1")).toBe("guest\rguest\r\u001b[Aÿ");
  server.connections[0]!.print("[ 1.0] kernel message\r\n");
  await client.untilText("kernel message");
});

test("a stall in the password phase keeps the prompt back", async () => {
  await using server = await startFakeSerial({ faults: [{ type: "stall", at: "password" }] });
  using client = await TcpClient.connect(server.port);
  client.write("guest\r");
  await server.waitFor("input");
  await client.untilText("login: guest\r\n");
  expect(client.text).not.toContain("Password");
  server.connections[0]!.resume();
  await client.untilText("Password: ");
});
