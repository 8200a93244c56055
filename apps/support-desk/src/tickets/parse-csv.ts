import { CsvError, parse } from "csv-parse/sync";

import { list, textFields, toRecord } from "./fields.ts";
import { TicketFileError } from "./ticket-file-error.ts";
import type { TicketRecord } from "./ticket.ts";

/** Reads tickets from CSV text whose first line names the columns. `path` only serves the errors. */
export function parseCsv(content: string, path: string): TicketRecord[] {
  const [header, ...rows] = readRows(content, path);
  if (header === undefined) {
    throw new TicketFileError("TICKETS_EMPTY", { path }, "the file has no lines");
  }
  const columns = header.values.map((name) => name.trim().toLowerCase());
  if (!textFields.some((name) => columns.includes(name))) {
    throw new TicketFileError(
      "TICKETS_COLUMN_MISSING",
      { path, line: header.line },
      `no column for the message: expected one of ${list(textFields)}, found ${list(columns)}`,
    );
  }
  return rows.map(({ line, values }) => {
    if (values.length !== columns.length) {
      throw new TicketFileError(
        "TICKETS_BAD_RECORD",
        { path, line },
        `${values.length} values for ${columns.length} columns; put quotes around a value with a comma in it`,
      );
    }
    const row = Object.fromEntries(columns.map((name, index) => [name, values[index]]));
    return toRecord(row, { path, line });
  });
}

type Row = { line: number; values: string[] };

function readRows(content: string, path: string): Row[] {
  const rows: Row[] = [];
  let lastLine = 0;
  try {
    // The parser counts a quoted CRLF as two lines; with one kind of line end its count is right.
    parse(content.replaceAll("\r\n", "\n"), {
      bom: true,
      relaxColumnCount: true,
      skipEmptyLines: true,
      onRecord: (values: string[], { lines }) => {
        lastLine = lines;
        // Where the record starts, which is where a person looks.
        rows.push({ line: lines - lineEnds(values), values });
        return null;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const message = quoteErrors[cause.code] ?? cause.message;
    throw new TicketFileError("TICKETS_BAD_RECORD", { path, line: lastLine + 1, cause }, message);
  }
  return rows;
}

/** The parser's own messages carry a line number that may differ from ours. */
const quoteErrors: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened in this record and never closed",
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote; write a quote inside quotes as ""',
  INVALID_OPENING_QUOTE: 'a quote inside a value; put the value in quotes and write it as ""',
};

function lineEnds(values: readonly string[]): number {
  return values.reduce((sum, value) => sum + value.split("\n").length - 1, 0);
}
