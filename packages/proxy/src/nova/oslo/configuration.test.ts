import { describe, expect, test } from "vitest";
import { Configuration, type Flag } from "./configuration.ts";
import { parseIniFile } from "./ini-file.ts";
import { defineOption, type Option } from "./option.ts";
import { boolean, choice, hostAddress, integer, list, port, text } from "./value-types.ts";

const DEFAULT = (name: string) => ({ group: "DEFAULT", name });
const ip = defineOption("DEFAULT", "my_ip", text, { default: "192.0.2.1" });
const host = defineOption("vnc", "host", text, { default: "0.0.0.0", deprecated: [DEFAULT("host"), DEFAULT("old")] });
const portOption = defineOption("vnc", "port", port, { default: 6080 });
const origins = defineOption("console", "origins", list(text), { default: [] });
const enforce = defineOption("console", "enforce", boolean, { default: false });
const ttl = defineOption("console", "ttl", integer({ min: 0 }), { default: 600 });
const password = defineOption("vnc", "password", choice("a"), { isSecret: true });
const OPTIONS = [ip, host, portOption, origins, enforce, ttl, password];

function read(files: string[], flags: Flag[] = [], env = {}): Configuration {
  const layers = files.map((file, index) => parseIniFile(file, `${index}.conf`));
  return new Configuration({ layers: [...layers, ...flags], env, options: OPTIONS });
}

describe("which value counts", () => {
  test("of several files the last, of several assignments in it the last", () => {
    expect(read(["[vnc]\nhost = a\nhost = b", "[vnc]\nport = 1"]).get(host)).toBe("b");
    expect(read(["[vnc]\nhost = a", "[VNC]\nhost = b\n[vnc]\nhost = c"]).get(host)).toBe("c");
  });

  test("in one file the name itself before an older one, but an older one in a later file", () => {
    expect(read(["[DEFAULT]\nold = a\n[vnc]\nhost = b"]).get(host)).toBe("b");
    expect(read(["[vnc]\nhost = b", "[DEFAULT]\nold = a"]).get(host)).toBe("a");
    expect(read(["[DEFAULT]\nold = b\nhost = a"]).get(host)).toBe("a");
  });

  test("a flag before the environment, and that before files", () => {
    const flag = { group: "vnc", name: "host", value: "flag", flag: "--vnc-host" };
    const env = { OS_VNC__HOST: "env", OS_DEFAULT__MY_IP: "::1" };
    expect(read(["[vnc]\nhost = file"], [flag], env).get(host)).toBe("flag");
    expect(read(["[vnc]\nhost = file"], [], env).get(host)).toBe("env");
    expect(read(["[vnc]\nhost = $my_ip"], [], { OS_DEFAULT__MY_IP: "::1" }).get(host)).toBe("::1");
  });

  test("a section in lower case is not DEFAULT, and names are as they are written", () => {
    expect(read(["[default]\nmy_ip = a"]).get(ip)).toBe("192.0.2.1");
    expect(read(["[DEFAULT]\nMY_IP = a"]).get(ip)).toBe("192.0.2.1");
  });
});

describe("references", () => {
  test.each([
    ["$my_ip", "192.0.2.1"],
    ["${my_ip}:$port", "192.0.2.1:6080"],
    ["${vnc.port}", "6080"],
    ["$console.enforce", "False"],
    ["$$my_ip \\$my_ip", "$my_ip $my_ip"],
    ["$5 $ ${5} ${my_ip", "$5 $ ${5} ${my_ip"],
    ["${other.password}$own", "p1"],
  ])("%j", (value, expected) => {
    const more = "[DEFAULT]\nown = 1\n[other]\npassword = p";
    expect(read([`[vnc]\nhost = ${value}\n${more}`]).get(host)).toBe(expected);
  });

  test.each(["$absent", "$my_ip.", "${DEFAULT.my_ip}", "${VNC.port}", "${absent.name}", "$host", "$console.origins"])(
    "%j is refused",
    (value) => {
      expect(() => read([`[vnc]\nhost = ${value}`]).get(host)).toThrow("0.conf:2 ([vnc] host): ");
    },
  );
});

describe("values", () => {
  test.each([
    ["port", "6_080", 6080],
    ["port", "+080", 80],
    ["port", "", undefined],
    ["enforce", "YES", true],
    ["enforce", "0", false],
    ["origins", "a, b,,", ["a", "b"]],
    ["origins", "a,,b", ["a", "", "b"]],
    ["origins", "\n  a,\n  b", ["a", "b"]],
    ["ttl", "0", 0],
  ])("%s = %j", (name, value, expected) => {
    const option = OPTIONS.find((each) => each.name === name) as Option<unknown>;
    expect(read([`[${option.group}]\n${name} = ${value}`]).get(option)).toEqual(expected);
  });

  test.each([
    ["port", "65536", 'a whole number of 0 or more, at most 65535, but got "65536"'],
    ["port", "1__0", 'a whole number of 0 or more, at most 65535, but got "1__0"'],
    ["ttl", "-1", 'a whole number of 0 or more, but got "-1"'],
    ["ttl", "1.5", 'a whole number of 0 or more, but got "1.5"'],
    ["enforce", "maybe", 'true, yes, on or 1, or false, no, off or 0, but got "maybe"'],
  ])("%s = %s is refused with its place", (name, value, message) => {
    const option = OPTIONS.find((each) => each.name === name) as Option<unknown>;
    expect(() => read([`[${option.group}]\n${name} = ${value}`]).get(option)).toThrow(
      `0.conf:2 ([${option.group}] ${name}): expected ${message}`,
    );
  });

  test("a secret is not quoted", () => {
    const error = (): unknown => read(["[vnc]\npassword = hunter2"]).get(password);
    expect(error).toThrow("0.conf:2 ([vnc] password): expected one of a");
    expect(error).not.toThrow("hunter2");
  });

  test.each(["127.0.0.1", "::1", "node-1.example", "localhost"])("%s is a host", (value) => {
    expect(hostAddress(value)).toBe(value);
  });

  test.each(["", "1.2.3", "256.1.1.1", "fe80::1%eth0", "-a.example", "a_b", "a..b", "[::1]"])(
    "%j is no host",
    (value) => {
      expect(() => hostAddress(value)).toThrow("expected an IP address or a host name");
    },
  );
});
