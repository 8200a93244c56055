export interface Reason {
  readonly when: RegExp;
  readonly code: "UNAVAILABLE" | "MISCONFIGURED" | "STORAGE_MISMATCH";
  readonly message: string;
  readonly hint: string;
}

export const REASONS: readonly Reason[] = [
  {
    when: /^SQLITE_(BUSY|LOCKED|PROTOCOL)/,
    code: "UNAVAILABLE",
    message: "The database is locked by another connection that does not let go of it.",
    hint: "Try again; look for a long transaction of another process, or raise `busyTimeout`.",
  },
  {
    when: /^SQLITE_IOERR/,
    code: "UNAVAILABLE",
    message: "The disk failed to read, write or sync the database.",
    hint: "Nothing was changed. Look at the disk's health and at the system's log, and try again.",
  },
  {
    when: /^SQLITE_FULL|^(ENOSPC|EDQUOT)$/,
    code: "UNAVAILABLE",
    message: "The disk that holds the database is full.",
    hint: "Free some space and try again; nothing was changed.",
  },
  {
    when: /^SQLITE_READONLY_DBMOVED/,
    code: "UNAVAILABLE",
    message: "The database file was deleted or replaced while it was in use.",
    hint: "Nothing was changed. Put the file back and try again.",
  },
  {
    when: /^SQLITE_(READONLY|PERM|AUTH)/,
    code: "MISCONFIGURED",
    message: "The database can only be read.",
    hint: "Give this process the right to write the file and its directory.",
  },
  {
    when: /^E(ACCES|PERM|ROFS|NOENT|NOTDIR|ISDIR|LOOP|NAMETOOLONG)$/,
    code: "MISCONFIGURED",
    message: "This process may not use the database file or its directory.",
    hint: "Check the path, and give this process the right to read and write the file and its directory.",
  },
  {
    when: /^ERR_ACCESS_DENIED$/,
    code: "MISCONFIGURED",
    message: "Node's permission model denies this process the database file or its directory.",
    hint: "Start Node with --allow-fs-read and --allow-fs-write for the directory of the file, or name a file in one that it allows.",
  },
  {
    when: /^SQLITE_CANTOPEN|^E[A-Z]+$/,
    code: "UNAVAILABLE",
    message: "The database file can't be opened.",
    hint: "Check that the path names a file that this process may read and write, and that it may open more files.",
  },
  {
    when: /^SQLITE_(ERROR|SCHEMA|CONSTRAINT|MISMATCH)/,
    code: "STORAGE_MISMATCH",
    message: "The tables of the database are not those that this release creates.",
    hint: "See `cause` for SQLite's message; nothing was changed. Restore the database from a backup, or name another file.",
  },
  {
    when: /^SQLITE_(CORRUPT|NOTADB)/,
    code: "STORAGE_MISMATCH",
    message: "The database file is damaged, or is no SQLite database.",
    hint: "Restore it from a backup, or name another file.",
  },
];

export const USERS_TRANSACTION: Omit<Reason, "when"> = {
  code: "UNAVAILABLE",
  message:
    "This program's own transaction or query is still open on the database that it handed in.",
  hint: "End it before you await the mesh, or give the storage a connection of its own.",
};

export const OTHER: Omit<Reason, "when"> = {
  code: "UNAVAILABLE",
  message: "SQLite failed.",
  hint: "See `cause` for SQLite's message; nothing was changed.",
};
