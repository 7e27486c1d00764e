/** Third-party code, fonts or pictures that the built pages contain. */
export interface Component {
  /** Package name in the registry. */
  readonly name: string;
  /** The workspace folder that depends on it. */
  readonly dependent: string;
  /** SPDX expression. */
  readonly license: string;
  readonly source: string;
  /** Files of the package that state its terms: whole texts, or programs that begin with them in a comment. */
  readonly texts: readonly string[];
  /** A statement that the terms require, besides their text. */
  readonly remark?: string;
  /** Terms that apply and are not in the package. */
  readonly further?: string;
}

/** noVNC's copy of pako is a port of zlib, whose terms its folder does not repeat. */
const zlibTerms = `(C) 1995-2013 Jean-loup Gailly and Mark Adler
(C) 2014-2017 Vitaly Puzrin and Andrey Tupitsin

This software is provided 'as-is', without any express or implied
warranty. In no event will the authors be held liable for any damages
arising from the use of this software.

Permission is granted to anyone to use this software for any purpose,
including commercial applications, and to alter it and redistribute it
freely, subject to the following restrictions:

1. The origin of this software must not be misrepresented; you must not
  claim that you wrote the original software. If you use this software
  in a product, an acknowledgment in the product documentation would be
  appreciated but is not required.
2. Altered source versions must be plainly marked as such, and must not be
  misrepresented as being the original software.
3. This notice may not be removed or altered from any source distribution.`;

/** Authors whom xterm.js names in its sources and not in its licence file; the terms are the same. */
const xtermAuthors = `Copyright (c) Microsoft Corporation. All rights reserved.
Copyright (c) 2011 Fabrice Bellard

Parts of xterm.js come from Visual Studio Code and from jslinux, under the MIT License as above.`;

/** In the order of the notices. */
export const COMPONENTS: readonly Component[] = [
  {
    name: "@novnc/novnc",
    dependent: "packages/client",
    license: "MPL-2.0 AND MIT AND Zlib AND BSD-2-Clause",
    source: "https://github.com/novnc/noVNC",
    texts: ["LICENSE.txt", "AUTHORS", "docs/LICENSE.MPL-2.0", "vendor/pako/LICENSE", "core/crypto/des.js"],
    remark:
      "The pages contain noVNC in compiled form. Its source, unmodified, is the npm package of this version, " +
      "and is available under the Mozilla Public License 2.0. It contains pako (MIT, a port of zlib) and a DES cipher.",
    further: zlibTerms,
  },
  ...[
    "@xterm/xterm",
    "@xterm/addon-fit",
    "@xterm/addon-search",
    "@xterm/addon-unicode11",
    "@xterm/addon-web-links",
    "@xterm/addon-webgl",
  ].map((name) => ({
    name,
    dependent: "packages/client",
    license: "MIT",
    source: "https://github.com/xtermjs/xterm.js",
    texts: ["LICENSE"],
    ...(name === "@xterm/xterm" ? { further: xtermAuthors } : {}),
  })),
  {
    name: "@xterm/addon-serialize",
    dependent: "packages/client",
    license: "MIT",
    source: "https://github.com/xtermjs/xterm.js",
    texts: ["../xterm/LICENSE"],
    remark: "The package carries no licence of its own: it is part of xterm.js.",
  },
  {
    name: "@fontsource-variable/geist",
    dependent: "apps/console",
    license: "OFL-1.1",
    source: "https://github.com/vercel/geist-font",
    texts: ["LICENSE"],
  },
  {
    name: "lucide-static",
    dependent: "apps/console",
    license: "ISC AND MIT",
    source: "https://github.com/lucide-icons/lucide",
    texts: ["LICENSE"],
  },
];

/** Dependencies that are not part of a page: they build, check or test. */
export const NOT_IN_PAGES: readonly string[] = [
  "@axe-core/playwright",
  "@playwright/test",
  "@types/node",
  "@vitest/browser-playwright",
  "@xterm/addon-attach",
  "fast-check",
  "vite",
  "vitest",
];
