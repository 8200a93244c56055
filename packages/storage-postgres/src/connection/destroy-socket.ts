import type { ClientBase } from "pg";

/** Closes a connection without the protocol's goodbye, which a stalled one would wait for until the network gives up. */
export function destroySocket(client: ClientBase): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  connection.stream.destroy();
}
