import { type ErrorCode, isSynthaError, SynthaError } from "@syntha/core";
import type { Commit, LoadRequest, Operation } from "@syntha/core/storage";

/** Bytes that a row may have, and so about what a value may have. */
const MAX_ROW_BYTES = 2 * 1024 * 1024;

interface Rule {
  /** Matches the message, which ends with SQLite's code. */
  readonly when: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** The first match counts. */
const RULES: readonly Rule[] = [
  {
    when: /SQLITE_FULL|exceeded (its|the) (maximum )?storage/i,
    code: "UNAVAILABLE",
    message: "The Durable Object of the tenant has no storage left",
    hint: "Nothing was changed. An object holds up to 10 GB: delete items, or compact the log with a shorter retention.",
  },
  {
    when: /SQL is not enabled/,
    code: "MISCONFIGURED",
    message: "The class of the namespace has no SQLite",
    hint: 'In the Wrangler configuration, list the class under `new_sqlite_classes` of a migration: { "migrations": [{ "tag": "v1", "new_sqlite_classes": ["TenantObject"] }] }. A class that was created with `new_classes` can\'t be changed: add one with another name.',
  },
  {
    when: /SQLITE_(ERROR|SCHEMA|CONSTRAINT|MISMATCH)/,
    code: "STORAGE_MISMATCH",
    message: "The tables of the object are not those of this release",
    hint: "Nothing was changed. Use the namespace for TenantObject alone, or restore the object to a point in time before its tables were changed.",
  },
  {
    when: /SQLITE_(CORRUPT|NOTADB)/,
    code: "STORAGE_MISMATCH",
    message: "The object's database is damaged",
    hint: "Restore it to an earlier point in time.",
  },
  {
    when: /SQLITE_[A-Z]+/,
    code: "UNAVAILABLE",
    message: "SQLite error",
    hint: "Nothing was changed; the message has SQLite's own.",
  },
];

/** An error of the object's SQLite with a code and a hint; a SynthaError as it is, a bug unchanged. */
export function toFailure(error: unknown): unknown {
  if (isSynthaError(error) || !(error instanceof Error)) return error;
  const rule = RULES.find(({ when }) => when.test(error.message));
  if (rule === undefined) return error;
  const { code, message, hint } = rule;
  return new SynthaError(code, `${message}: ${error.message.replace(/\.$/, "")}.`, {
    hint,
    cause: error,
  });
}

/** Whether a row is larger than SQLite accepts here. */
export function isTooBig(error: unknown): boolean {
  return error instanceof Error && error.message.includes("SQLITE_TOOBIG");
}

/** Rejects a commit one of whose rows is too large. */
export function rowTooLarge({ ops }: Commit): SynthaError {
  const size = Math.max(0, ...ops.map((op) => byteLength(textOf(op))));
  return new SynthaError(
    "TOO_LARGE",
    `A value of ${size} bytes does not fit a row of a Durable Object, which holds 2 MB in all.`,
    {
      hint: "Store large contents elsewhere, such as in R2, and push a reference; or split the value over several keys.",
      details: { what: "value", size, maximum: MAX_ROW_BYTES },
    },
  );
}

/** Rejects a page of records that has such a row. */
export function recordTooLarge({ tenantId, records }: LoadRequest): SynthaError {
  const size = Math.max(0, ...records.map((record) => byteLength(JSON.stringify(record))));
  return new SynthaError(
    "TOO_LARGE",
    `"${tenantId}" has a value that does not fit a row of a Durable Object, which holds 2 MB in all.`,
    {
      hint: "At the source, replace the value by a smaller one and compact the log. Then copy again.",
      details: { what: "record", size, maximum: MAX_ROW_BYTES },
    },
  );
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function textOf(op: Operation): string {
  switch (op.type) {
    case "put":
    case "handOff":
      return op.value;
    case "publish":
      return op.data;
    case "complete":
      return op.result ?? "";
    default:
      return "";
  }
}
