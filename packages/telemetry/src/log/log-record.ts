export type LogLevel = "debug" | "info" | "warn" | "error";

/** One operation that is over. No keys, no values. */
export interface LogRecord {
  /** When it ended, as ISO 8601. */
  readonly time: string;
  /** `error`: something is broken; `warn`: it was refused; else `info` for calls of tools, `debug` for the rest. */
  readonly level: LogLevel;
  readonly event: "tool.call" | "mesh.operation" | "storage.operation";
  /** Of the tool, or of the operation. */
  readonly name: string;
  /** As the options say. */
  readonly tenant?: string | undefined;
  readonly agent?: string | undefined;
  /** Why it failed: a code of Syntha, or the name of an error's class. */
  readonly code?: string | undefined;
  readonly duration_ms: number;
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
}
