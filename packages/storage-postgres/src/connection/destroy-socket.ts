import type { ClientBase } from "pg";

/** Ends a connection without a goodbye: a stuck one would wait for the answer as long as the system's network does. */
export function destroySocket(client: ClientBase): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  connection.stream.destroy();
}
