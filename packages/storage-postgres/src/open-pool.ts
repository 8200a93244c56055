/**
 * What is asked of a pool of yours: every `Pool` of pg is one. By its shape, so that programs that only give a
 * connection string need no types of the driver.
 */
export interface OpenPool {
  readonly options: object;
  readonly totalCount: number;
  connect(): Promise<{
    query(text: string): Promise<unknown>;
    release(error?: Error | boolean): void;
  }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}
