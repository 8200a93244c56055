import { TicketFileError } from "./ticket-file-error.ts";
import type { TicketRecord } from "./ticket.ts";

/** The names under which files in the wild carry the message, best first. */
export const textFields = ["utterance", "text", "message"] as const;

/** Turns one row of named values into a record. Values are never converted: an id "0004512" stays that. */
export function toRecord(
  row: Readonly<Record<string, unknown>>,
  at: { path: string; line: number },
): TicketRecord {
  const text = textFields.map((name) => field(row, name, at)).find((value) => value !== undefined);
  if (text === undefined) {
    throw new TicketFileError("TICKETS_BAD_RECORD", at, `no message text in ${list(textFields)}`);
  }
  const id = field(row, "id", at);
  const category = field(row, "category", at);
  const intent = field(row, "intent", at);
  return {
    line: at.line,
    text,
    ...(id === undefined ? {} : { id }),
    // Half a label can't be graded.
    ...(category === undefined || intent === undefined ? {} : { label: { category, intent } }),
  };
}

export function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function field(
  row: Readonly<Record<string, unknown>>,
  name: string,
  at: { path: string; line: number },
): string | undefined {
  const value = Object.hasOwn(row, name) ? row[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") {
    const hint = typeof value === "number" ? " (a number would lose its leading zeros)" : "";
    throw new TicketFileError(
      "TICKETS_BAD_RECORD",
      at,
      `"${name}" must be a string, not ${Array.isArray(value) ? "an array" : `a ${typeof value}`}${hint}`,
    );
  }
  const trimmed = value.trim();
  return trimmed === "" ? undefined : trimmed;
}
