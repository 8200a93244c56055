export type TicketFileErrorCode =
  | "TICKETS_UNREADABLE"
  | "TICKETS_EMPTY"
  | "TICKETS_FORMAT"
  | "TICKETS_COLUMN_MISSING"
  | "TICKETS_BAD_RECORD"
  | "TICKETS_DUPLICATE_ID";

/** A ticket file that can't be used. Match on `code`; the message is for people. */
export class TicketFileError extends Error {
  override readonly name = "TicketFileError";
  readonly code: TicketFileErrorCode;
  readonly path: string;
  readonly line: number | undefined;

  constructor(
    code: TicketFileErrorCode,
    where: { path: string; line?: number; cause?: unknown },
    message: string,
  ) {
    const place = where.line === undefined ? where.path : `${where.path}:${where.line}`;
    super(`${place}: ${message}`, { cause: where.cause });
    this.code = code;
    this.path = where.path;
    this.line = where.line;
  }
}
