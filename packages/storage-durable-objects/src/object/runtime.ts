/** The parts of the Workers runtime that the object uses. */

/** A value that SQLite returns or is given. */
type SqlValue = string | number | null | ArrayBuffer;

interface Cursor {
  raw(): IterableIterator<SqlValue[]>;
}

/** `ctx.storage` of an object with SQLite. */
export interface ObjectStorage {
  readonly sql: { exec(sql: string, ...values: SqlValue[]): Cursor };
  transactionSync<T>(work: () => T): T;
  setAlarm(at: number): Promise<void>;
  deleteAlarm(): Promise<void>;
  deleteAll(): Promise<void>;
}

/** The object's end of a WebSocket. */
export interface ServerSocket {
  send(message: string): void;
  close(code?: number, reason?: string): void;
}

/** `ctx` of an object. */
export interface ObjectContext {
  readonly storage: ObjectStorage;
  acceptWebSocket(socket: ServerSocket): void;
  getWebSockets(): readonly ServerSocket[];
  setWebSocketAutoResponse(pair: object): void;
}
