import { toRecord } from "./fields.ts";
import { TicketFileError } from "./ticket-file-error.ts";
import type { TicketRecord } from "./ticket.ts";

/** Reads tickets from text with one JSON object a line; blank lines are skipped. */
export function parseJsonl(content: string, path: string): TicketRecord[] {
  return content
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((source, index) => ({ source, line: index + 1 }))
    .filter(({ source }) => source.trim() !== "")
    .map(({ source, line }) => toRecord(parseObject(source, { path, line }), { path, line }));
}

function parseObject(
  source: string,
  at: { path: string; line: number },
): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TicketFileError("TICKETS_BAD_RECORD", { ...at, cause }, `not valid JSON: ${why}`);
  }
  if (!isObject(value)) {
    throw new TicketFileError("TICKETS_BAD_RECORD", at, "expected one JSON object on this line");
  }
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
