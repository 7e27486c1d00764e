import { describe, expect, test } from "vitest";
import readme from "../../README.md?raw";
import { parseConsoleUrl, type ConsoleUrl, type RefusedUrl, type ServedPage } from "./parse-console-url.ts";
import { URL_PARAMETERS } from "./url-parameters.ts";

const token = "b1c5d2d8-3f0a-4b3a-9f0e-1a2b3c4d5e6f";

/** The page as a gateway serves it: without a prefix unless `served` says otherwise. */
function parse(address: string, served: Partial<ServedPage> = {}): ConsoleUrl | RefusedUrl {
  const page = new URL(address);
  return parseConsoleUrl(page, {
    pagePath: page.pathname,
    allowedOrigins: [],
    renewPaths: [],
    clipboard: {},
    ...served,
  });
}

function parsed(address: string, served?: Partial<ServedPage>): ConsoleUrl {
  const result = parse(address, served);
  if ("error" in result) throw result.error;
  return result;
}

function refusal(address: string, served?: Partial<ServedPage>): string {
  const result = parse(address, served);
  if (!("error" in result)) throw new Error(`accepted: ${address}`);
  return `${result.error.parameter} ${result.error.kind}`;
}

describe("Curfew's own URLs", () => {
  test("take the token from the fragment", () => {
    expect(parsed(`https://gw.example/console/?type=vnc#token=${token}`)).toEqual({
      type: "vnc",
      token,
      socketUrl: "wss://gw.example/websockify",
      name: undefined,
      password: undefined,
      viewOnly: false,
      shared: true,
      scale: "fit",
      quality: undefined,
      compression: undefined,
      showDotCursor: undefined,
      clipViewport: false,
      reconnect: true,
      renewUrl: undefined,
      renewBlocked: false,
      clipboard: {},
      unused: [],
    });
  });

  test("show SPICE under Nova's /spice_auto.html, unless they name another type", () => {
    expect(parsed(`https://gw.example/spice_auto.html?token=${token}`)).toMatchObject({ type: "spice", token });
    expect(parsed(`https://gw.example/console/?type=spice#token=${token}`).type).toBe("spice");
    expect(parsed(`https://gw.example/spice_auto.html?type=vnc&token=${token}`).type).toBe("vnc");
  });

  test("show VNC unless told otherwise, and serial under /serial.html", () => {
    expect(parsed(`https://gw.example/console/#token=${token}`).type).toBe("vnc");
    expect(parsed(`https://gw.example/serial.html?token=${token}`).type).toBe("serial");
    expect(parsed(`https://gw.example/console/?type=serial#token=${token}`).type).toBe("serial");
  });

  test("carry name, view_only, shared and scale", () => {
    const result = parsed(`http://gw.example/console/?name=web-03&view_only=1&shared=0&scale=remote#token=${token}`);
    expect(result).toMatchObject({ name: "web-03", viewOnly: true, shared: false, scale: "remote" });
  });

  test("without a token are not errors", () => {
    expect(parsed("https://gw.example/console/?type=vnc").token).toBeUndefined();
  });

  test.each([
    ["/ws", "/cloud/consoles/ws"],
    ["/", "/cloud/consoles/"],
    ["ws/../vm-1", "/cloud/consoles/vm-1"],
    ["?a=1", "/cloud/consoles/?a=1"],
  ])("take path=%s relative to the prefix", (path, socketPath) => {
    const address = `https://example.org/cloud/consoles/vnc.html?path=${encodeURIComponent(path)}#token=${token}`;
    expect(parsed(address, { pagePath: "/vnc.html" }).socketUrl).toBe(`wss://example.org${socketPath}`);
  });

  test.each([
    "../dashboard",
    "/../dashboard",
    "..",
    "../consoles-of-others/",
    "%2e%2e/dashboard",
    " ../dashboard",
    "..%2fdashboard",
    "..;/x",
  ])("are refused with path=%s, which leads outside the prefix", (path) => {
    const address = `https://example.org/cloud/consoles/vnc.html?path=${encodeURIComponent(path)}#token=${token}`;
    expect(refusal(address, { pagePath: "/vnc.html" })).toBe("path path_elsewhere");
  });

  test.each([
    ["/consoles/console/", "/console/", "/consoles/websockify"],
    ["/consoles/console", "/console", "/consoles/websockify"],
    ["/consoles/vnc.html", "/vnc.html", "/consoles/websockify"],
    ["/consoles/", "/", "/consoles/websockify"],
    ["/console/", "/", "/console/websockify"],
    ["/console/console/", "/console/", "/console/websockify"],
    ["/console/vnc.html", "/vnc.html", "/console/websockify"],
    ["/console/", "/console/", "/websockify"],
    ["/machines/7", "/console/", "/machines/websockify"],
    ["/vnc.html", "", "/websockify"],
  ])("at %s, which the gateway sees as %s, connect to %s", (path, pagePath, socketPath) => {
    const { socketUrl } = parsed(`https://example.org${path}#token=${token}`, { pagePath });
    expect(socketUrl).toBe(`wss://example.org${socketPath}`);
  });
});

describe("Nova's and noVNC's URLs", () => {
  test.each([
    ["/vnc_lite.html?path=%3Ftoken%3D", "ws://gw.example:6080/"],
    ["/vnc_auto.html?path=%3Ftoken%3D", "ws://gw.example:6080/"],
    ["/vnc.html?path=%3Ftoken%3D", "ws://gw.example:6080/"],
    ["/vnc_lite.html?path=websockify%3Ftoken%3D", "ws://gw.example:6080/websockify"],
    ["/vnc_lite.html?path=%253Ftoken%253D", "ws://gw.example:6080/"],
    ["/vnc_lite.html?path=websockify%253Ftoken%253D", "ws://gw.example:6080/websockify"],
    ["/vnc.html?path=/websockify%3Ftoken%3D", "ws://gw.example:6080/websockify"],
    ["/vnc_auto.html?token=", "ws://gw.example:6080/websockify"],
    ["/?token=", "ws://gw.example:6080/websockify"],
    ["/vnc.html#token=", "ws://gw.example:6080/websockify"],
  ])("%s… connect to the path they name, with the token taken out of it", (form, socketUrl) => {
    expect(parsed(`http://gw.example:6080${form}${token}`)).toMatchObject({ type: "vnc", token, socketUrl });
  });

  test("keep the other parameters of path", () => {
    expect(parsed(`http://gw.example/vnc_lite.html?path=ws%3Fa%3D1%26token%3D${token}%26b%3D2`).socketUrl).toBe(
      "ws://gw.example/ws?a=1&b=2",
    );
  });

  test("take the name from Horizon's title", () => {
    expect(parsed(`http://gw.example/vnc_lite.html?path=%3Ftoken%3D${token}&title=web-03`).name).toBe("web-03");
  });

  test.each([
    ["resize=scale", "fit"],
    ["resize=off", "none"],
    ["resize=remote", "remote"],
    ["scale=true", "fit"],
    ["scale=false", "none"],
  ])("understand noVNC's %s", (parameter, scale) => {
    expect(parsed(`http://gw.example/vnc.html?${parameter}&token=${token}`).scale).toBe(scale);
  });

  test("accept host, port and encrypt that name the page's own origin", () => {
    expect(parsed(`https://gw.example/vnc.html?host=GW.example&port=443&encrypt=1&token=${token}`).socketUrl).toBe(
      "wss://gw.example/websockify",
    );
    expect(parsed(`http://[::1]:6080/vnc.html?host=::1&port=6080&encrypt=false&token=${token}`).token).toBe(token);
  });
});

describe("noVNC's parameters", () => {
  test("set what its pages set", () => {
    const query = "quality=9&compression=0&show_dot=1&view_clip=true&resize=off&reconnect=0&shared=false&view_only=1";
    expect(parsed(`https://gw.example/vnc.html?${query}&token=${token}`)).toMatchObject({
      quality: 9,
      compression: 0,
      showDotCursor: true,
      clipViewport: true,
      scale: "none",
      reconnect: false,
      shared: false,
      viewOnly: true,
      unused: [],
    });
  });

  test("include the password in the fragment only", () => {
    expect(parsed(`https://gw.example/vnc.html?token=${token}#password=s3cret`)).toMatchObject({
      password: "s3cret",
      unused: [],
    });
    const inQuery = parsed(`https://gw.example/vnc.html?token=${token}&password=s3cret`);
    expect(inQuery).toMatchObject({ password: undefined, unused: ["password"] });
    expect(JSON.stringify(inQuery)).not.toContain("s3cret");
  });

  test("that the page does not use are named, without their values", () => {
    const query = "logging=debug&repeaterID=7&reconnect_delay=100&logging=warn";
    expect(parsed(`https://gw.example/vnc.html?${query}&token=${token}`).unused).toEqual([
      "logging",
      "repeaterID",
      "reconnect_delay",
    ]);
  });

  test("are bounded where they are named", () => {
    const query = Array.from({ length: 30 }, (_, index) => `${"x".repeat(100)}${index}=1`).join("&");
    expect(parsed(`https://gw.example/vnc.html?${query}`).unused).toEqual(["x".repeat(40)]);
    const many = Array.from({ length: 30 }, (_, index) => `x${index}=1`).join("&");
    expect(parsed(`https://gw.example/vnc.html?${many}`).unused).toHaveLength(20);
  });
});

test("the README's table names the parameters that the page uses, and no others", () => {
  const rows = readme.split(/^\| parameter .*$/m)[1]?.split(/^$/m)[0];
  const names = rows?.match(/^\| .*?\|/gm)?.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(names?.toSorted()).toEqual([...URL_PARAMETERS].toSorted());
});

describe("URLs to another origin are refused", () => {
  test.each([
    ["host=evil.example", "host host_elsewhere"],
    ["host=gw.example.evil.example", "host host_elsewhere"],
    ["port=81", "port port_elsewhere"],
    ["encrypt=0", "encrypt encrypt_mismatch"],
    ["encrypt=maybe", "encrypt encrypt_mismatch"],
    ["path=//evil.example/ws", "path path_elsewhere"],
    ["path=/%5Cevil.example/ws", "path path_elsewhere"],
    ["path=%5C%5Cevil.example/ws", "path path_elsewhere"],
    ["path=%20//evil.example/ws", "path path_elsewhere"],
    ["path=/%09/evil.example/ws", "path path_elsewhere"],
    ["path=wss://evil.example/ws", "path path_elsewhere"],
    ["path=https:evil.example", "path path_elsewhere"],
    ["path=javascript:alert(1)", "path path_elsewhere"],
  ])("%s", (parameter, expected) => {
    expect(refusal(`https://gw.example/vnc.html?${parameter}&token=${token}`)).toBe(expected);
  });

  test("never repeats the token of a refused path", () => {
    const result = parse(`https://gw.example/vnc.html?path=//evil.example/%3Ftoken%3D${token}`);
    if (!("error" in result)) throw new Error("accepted");
    expect(JSON.stringify(result.error) + result.error.message).not.toContain(token);
  });
});

describe("Invalid values are refused", () => {
  test.each([
    ["type=rdp", "type type_unknown"],
    ["view_only=maybe", "view_only flag_unknown"],
    ["shared=perhaps", "shared flag_unknown"],
    ["scale=huge", "scale value_unknown"],
    ["resize=huge", "resize value_unknown"],
    ["quality=10", "quality value_unknown"],
    ["compression=-1", "compression value_unknown"],
    ["compression=", "compression value_unknown"],
    ["show_dot=yes", "show_dot flag_unknown"],
    ["view_clip=on", "view_clip flag_unknown"],
    ["reconnect=never", "reconnect flag_unknown"],
    ["token=", "token token_malformed"],
    ["token=a%00b", "token token_malformed"],
    ["token=one#token=two", "token token_ambiguous"],
    ["token=one&path=%3Ftoken%3Dtwo", "token token_ambiguous"],
  ])("%s", (parameter, expected) => {
    expect(refusal(`https://gw.example/console/?${parameter}`)).toBe(expected);
  });

  test("accepts the same token twice", () => {
    expect(parsed(`https://gw.example/vnc.html?token=${token}&path=%3Ftoken%3D${token}`).token).toBe(token);
  });
});

describe("The renew address", () => {
  test("may be a path of the page's own origin", () => {
    const address = "https://gw.example/console/?renew=/api/renew?vm=3#token=t";
    expect(parsed(address, { renewPaths: ["/"] }).renewUrl).toBe("https://gw.example/api/renew?vm=3");
  });

  test.each(["/users/me/delete", "https://gw.example/users/me/delete"])(
    "is not used where the operator allows no path: %s",
    (value) => {
      const url = parsed(`https://gw.example/console/?renew=${value}#token=t`);
      expect(url).toMatchObject({ token: "t", renewUrl: undefined, renewBlocked: true });
    },
  );

  test("may be on an origin that the operator listed", () => {
    const address = "https://gw.example/console/?renew=https://cloud.example:8443/renew#token=t";
    expect(parsed(address, { allowedOrigins: ["https://cloud.example:8443"], renewPaths: ["/"] }).renewUrl).toBe(
      "https://cloud.example:8443/renew",
    );
    expect(refusal(address, { allowedOrigins: ["https://cloud.example"] })).toBe("renew renew_elsewhere");
    expect(refusal(address)).toBe("renew renew_elsewhere");
  });

  describe("where the operator listed paths", () => {
    const served = { renewPaths: ["/api/consoles/", "/renew"], allowedOrigins: ["https://cloud.example"] };
    const at = (value: string): string => `https://gw.example/console/?renew=${encodeURIComponent(value)}#token=t`;

    test.each(["/api/consoles/vm-3/token", "/renew", "/renew/vm-3", "/renew?vm=3", "https://cloud.example/renew"])(
      "may be %s",
      (value) => {
        expect(parsed(at(value), served).renewUrl).toBe(new URL(value, "https://gw.example").href);
      },
    );

    test.each([
      "/api/users/delete",
      "/api/consoles",
      "/renewal",
      "/api/consoles/../users/delete",
      "/api/consoles/%2e%2e/users/delete",
      "/api/consoles/..%2fusers/delete",
      "/api/consoles/..;/users/delete",
      "/api/consoles/%2E.%5cusers/delete",
      "https://cloud.example/api/users/delete",
    ])("may not be %s", (value) => {
      expect(refusal(at(value), served)).toBe("renew renew_elsewhere");
    });
  });

  test.each([
    "//evil.example/r",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "renew",
    "https://gw.example@evil.example/",
    "https://user:word@gw.example/r",
  ])("is refused when it is %s", (value) => {
    expect(refusal(`https://gw.example/console/?renew=${encodeURIComponent(value)}#token=t`)).toBe(
      "renew renew_elsewhere",
    );
  });
});
