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

/** Files of others in spice-html5, which state their terms only in themselves. */
const spiceTerms = `jsbn, rsa, rng and prng4, http://www-cs-students.stanford.edu/~tjw/jsbn/:

Copyright (c) 2003-2005  Tom Wu
All Rights Reserved.

Permission is hereby granted, free of charge, to any person obtaining
a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to
permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be
included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS-IS" AND WITHOUT WARRANTY OF ANY KIND,
EXPRESS, IMPLIED OR OTHERWISE, INCLUDING WITHOUT LIMITATION, ANY
WARRANTY OF MERCHANTABILITY OR FITNESS FOR A PARTICULAR PURPOSE.

IN NO EVENT SHALL TOM WU BE LIABLE FOR ANY SPECIAL, INCIDENTAL,
INDIRECT OR CONSEQUENTIAL DAMAGES OF ANY KIND, OR ANY DAMAGES WHATSOEVER
RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER OR NOT ADVISED OF
THE POSSIBILITY OF DAMAGE, AND ON ANY THEORY OF LIABILITY, ARISING OUT
OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.

In addition, the following condition applies:

All redistributions must retain an intact copy of this copyright notice
and disclaimer.

sha1, http://pajhome.org.uk/crypt/md5:

Copyright (c) 1998 - 2009, Paul Johnston & Contributors
All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

Redistributions of source code must retain the above copyright notice, this list of conditions and
the following disclaimer. Redistributions in binary form must reproduce the above copyright notice,
this list of conditions and the following disclaimer in the documentation and/or other materials
provided with the distribution.

Neither the name of the author nor the names of its contributors may be used to endorse or promote
products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR
IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT OWNER OR
CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER
IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF
THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`;

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
    name: "@spice-project/spice-html5",
    dependent: "packages/client",
    license: "LGPL-3.0-or-later AND MIT AND BSD-3-Clause",
    source: "https://gitlab.freedesktop.org/spice/spice-html5",
    texts: ["COPYING.LESSER", "COPYING"],
    remark:
      "The pages load spice-html5 from a file of its own, `assets/spice-html5-….js`, which contains nothing else. Its source, " +
      "unmodified, is the npm package of this version, and is available under the GNU Lesser General Public License. You may " +
      "replace the file with one made from a modified version that exports the same `SpiceMainConn`, and you may reverse " +
      "engineer the pages to debug such a modification. It contains jsbn (RSA) and a SHA-1 function.",
    further: spiceTerms,
  },
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
