import type { Socket } from "node:net";
import { Client } from "pg";
import { MessageReader, typeOf } from "./messages.ts";

/** A session on a server, by protocol message: the driver only logs in. */
export class ServerSession {
  readonly #socket: Socket;
  /** The server's parameter messages. */
  readonly parameters: readonly Buffer[];
  /** Receives each message of the server; without it, messages are dropped. */
  onMessage: ((message: Buffer) => void) | undefined;
  onClose: (() => void) | undefined;

  static async open(url: string): Promise<ServerSession> {
    const client = new Client({ connectionString: url });
    client.on("error", () => {});
    const connection = (client as unknown as { connection: { stream: Socket } }).connection;
    const greeting = new MessageReader();
    const note = (bytes: Buffer): void => greeting.add(bytes);
    connection.stream.on("data", note);
    await client.connect();
    const { stream } = connection;
    stream.removeAllListeners("data");
    return new ServerSession(stream, greeting.messages());
  }

  private constructor(socket: Socket, greeting: readonly Buffer[]) {
    this.#socket = socket;
    this.parameters = greeting.filter((message) => typeOf(message) === "S");
    const reader = new MessageReader();
    socket.on("data", (bytes: Buffer) => {
      reader.add(bytes);
      for (const message of reader.messages()) this.onMessage?.(message);
    });
    socket.once("close", () => this.onClose?.());
  }

  send(message: Buffer): void {
    if (this.#socket.writable) this.#socket.write(message);
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) return resolve();
      this.#socket.once("close", () => resolve());
      this.#socket.destroy();
    });
  }
}
