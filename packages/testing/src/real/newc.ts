/** A file, folder or device in a cpio archive. */
export interface ArchiveEntry {
  /** Path without a leading slash. */
  readonly name: string;
  /** File type and permissions, as in `st_mode`: 0o100755 is an executable file, 0o040755 a folder. */
  readonly mode: number;
  readonly content?: Uint8Array;
  /** Major and minor number of a device. */
  readonly device?: readonly [major: number, minor: number];
}

const ALIGNMENT = 4;

/**
 * Packs entries into a cpio archive in the "newc" format, which Linux reads as an initramfs. Owner is root.
 * Source: Documentation/driver-api/early-userspace/buffer-format.rst of the Linux kernel.
 */
export function packNewc(entries: readonly ArchiveEntry[]): Buffer {
  const all = [...entries, { name: "TRAILER!!!", mode: 0 }];
  return Buffer.concat(all.flatMap((entry, index) => packEntry(entry, index + 1)));
}

function packEntry(entry: ArchiveEntry, inode: number): Buffer[] {
  const name = Buffer.from(`${entry.name}\0`);
  const content = entry.content ?? new Uint8Array();
  const [major, minor] = entry.device ?? [0, 0];
  const links = 1;
  // inode, mode, uid, gid, links, mtime, size, device major, minor, special file's major, minor, name size, check
  const fields = [inode, entry.mode, 0, 0, links, 0, content.length, 0, 0, major, minor, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`);
  return [header, name, padding(header.length + name.length), Buffer.from(content), padding(content.length)];
}

function padding(length: number): Buffer {
  return Buffer.alloc((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);
}
