import { closeSync, openSync, readSync, statSync } from "node:fs";

const MAGIC = "SQLite format 3\0";
/** Where the first page's own header starts, behind the file's. */
const PAGE_HEADER = 100;
const APPLICATION_ID_AT = 68;
const TABLE_LEAF = 0x0d;

export interface FileHeader {
  /** Whether there is nothing at all: no file, or an empty one. */
  readonly isEmpty: boolean;
  readonly isSqlite: boolean;
  readonly applicationId: number;
  /** Whether the file itself, without what its write-ahead log adds, defines any table. */
  readonly hasTables: boolean;
}

const NOTHING: FileHeader = {
  isEmpty: true,
  isSqlite: false,
  applicationId: 0,
  hasTables: false,
};

/**
 * Looks at a database file without SQLite, which would leave a write-ahead log beside a file that it only reads.
 * Throws what the file system throws, but for a file that is not there.
 */
export function readFileHeader(path: string): FileHeader {
  const bytes = firstBytes(path, PAGE_HEADER + 8);
  if (bytes.length === 0) return NOTHING;
  if (bytes.length < PAGE_HEADER + 8 || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC)
    return { ...NOTHING, isEmpty: false };
  return {
    isEmpty: false,
    isSqlite: true,
    applicationId: bytes.readUInt32BE(APPLICATION_ID_AT),
    // The schema is the table that starts in the first page: a leaf without cells is an empty one.
    hasTables: bytes[PAGE_HEADER] !== TABLE_LEAF || bytes.readUInt16BE(PAGE_HEADER + 3) > 0,
  };
}

/** Whether a write-ahead log holds changes that the file itself may not have yet. */
export function hasWriteAheadLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function firstBytes(path: string, count: number): Buffer {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return Buffer.alloc(0);
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(file, bytes, 0, count, 0));
  } finally {
    closeSync(file);
  }
}
