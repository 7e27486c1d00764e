import { expect, test } from "vitest";
import { parseIniFile } from "./oslo/ini-file.ts";
import { describeUnknownNames } from "./unknown-names.ts";

function described(text: string): readonly string[] {
  return describeUnknownNames(parseIniFile(text, "nova.conf"));
}

test("an option that Nova does not have is named once, with the one that was probably meant", () => {
  const text = "[VNC]\nnovncproxy_hst = a\nnovncproxy_hst = b\n[spice]\nwhatever = 1\n[console]\nallowed_origin = a";
  expect(described(text)).toEqual([
    "nova.conf:2: there is no option [vnc] novncproxy_hst; did you mean novncproxy_host?",
    "nova.conf:5: there is no option [spice] whatever",
    "nova.conf:7: there is no option [console] allowed_origin; did you mean allowed_origins?",
  ]);
});

test("options of Nova's other services and of older releases are not named", () => {
  const text = `[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n[libvirt]\nvirt_type = kvm\n[vnc]\nenabled = true
server_listen = 0.0.0.0\nkeymap = de\n[spice]\nagent_enabled = false\n[serial_console]\nport_range = 1:2`;
  expect(described(text)).toEqual([]);
});
