import { expect, test } from "vitest";
import { AesEax } from "../src/vnc/aes-eax.ts";

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

/** From the appendix of "The EAX mode of operation": key, nonce, header, message, and what it is sealed to. */
const vectors = [
  [
    "233952DEE4D5ED5F9B9C6D6FF80FF478",
    "62EC67F9C3A4A407FCB2A8C49031A8B3",
    "6BFB914FD07EAE6B",
    "",
    "E037830E8389F27B025A2D6527E79D01",
  ],
  [
    "91945D3F4DCBEE0BF45EF52255F095A4",
    "BECAF043B0A23D843194BA972C66DEBD",
    "FA3BFD4806EB53FA",
    "F7FB",
    "19DD5C4C9331049D0BDAB0277408F67967E5",
  ],
  [
    "8395FCF1E95BEBD697BD010BC766AAC3",
    "22E7ADD93CFC6393C57EC0B3C17D6B44",
    "126735FCC320D25A",
    "CA40D7446E545FFAED3BD12A740A659FFBBB3CEAB7",
    "CB8920F87A6C75CFF39627B56E3ED197C552D295A7CFC46AFC253B4652B1AF3795B124AB6E",
  ],
] as const;

test.each(vectors)("AES-EAX seals as its authors do, and opens it (key %s)", (key, nonce, header, message, sealed) => {
  const cipher = new AesEax(bytes(key));
  expect(cipher.seal(bytes(nonce), bytes(header), bytes(message))).toEqual(bytes(sealed));
  expect(cipher.open(bytes(nonce), bytes(header), bytes(sealed))).toEqual(bytes(message));
});

test.each(["nonce", "header", "message"] as const)("AES-EAX does not open with another %s", (what) => {
  const cipher = new AesEax(Buffer.alloc(16, 1));
  const sealed = cipher.seal(Buffer.alloc(16), Buffer.of(0, 5), Buffer.from("hello"));
  if (what === "message") sealed.writeUInt8(sealed.readUInt8() ^ 1);
  const nonce = Buffer.alloc(16, what === "nonce" ? 1 : 0);
  const header = Buffer.of(0, what === "header" ? 6 : 5);
  expect(() => cipher.open(nonce, header, sealed)).toThrow("does not authenticate");
});
