import { readFile } from "node:fs/promises";
import { extname } from "node:path";

import { parseCsv } from "./parse-csv.ts";
import { parseJsonl } from "./parse-jsonl.ts";
import { TicketFileError } from "./ticket-file-error.ts";
import type { TicketRecord, TicketSet } from "./ticket.ts";

const parsers: Readonly<Record<string, (content: string, path: string) => TicketRecord[]>> = {
  ".csv": parseCsv,
  ".jsonl": parseJsonl,
  ".ndjson": parseJsonl,
};

/**
 * Reads a `.csv`, `.jsonl` or `.ndjson` file. The message is in `utterance`, `text` or `message`;
 * `id`, `category` and `intent` are optional. A ticket without an id gets its place in the file:
 * "T00001", "T00002"… Throws `TicketFileError`; a file is taken whole or not at all.
 */
export async function readTickets(path: string): Promise<TicketSet> {
  const parse = parsers[extname(path).toLowerCase()];
  if (parse === undefined) {
    throw new TicketFileError("TICKETS_FORMAT", { path }, "expected a .csv or .jsonl file");
  }
  const records = parse(await readText(path), path);
  if (records.length === 0) {
    throw new TicketFileError("TICKETS_EMPTY", { path }, "there are no tickets in this file");
  }
  return separate(records, path);
}

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TicketFileError("TICKETS_UNREADABLE", { path, cause }, `can't be read: ${why}`);
  }
  try {
    // Without `fatal`, a file in another encoding would pass with its letters silently replaced.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TicketFileError("TICKETS_UNREADABLE", { path, cause }, "is not UTF-8 text");
  }
}

function separate(records: readonly TicketRecord[], path: string): TicketSet {
  const lines = new Map<string, number>();
  const set: TicketSet = { tickets: [], labels: new Map() };
  for (const [index, { line, text, label, id: given }] of records.entries()) {
    const id = given ?? `T${String(index + 1).padStart(5, "0")}`;
    const earlier = lines.get(id);
    if (earlier !== undefined) {
      throw new TicketFileError(
        "TICKETS_DUPLICATE_ID",
        { path, line },
        `id "${id}" was already used on line ${earlier}`,
      );
    }
    lines.set(id, line);
    set.tickets.push({ id, text });
    if (label !== undefined) set.labels.set(id, label);
  }
  return set;
}
