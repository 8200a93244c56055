import type { Socket } from "node:net";
import { Client } from "pg";
import { MessageReader, typeOf } from "./messages.ts";

/** A session on a server, message by message: the driver logs in, and is then left out. */
export class ServerSession {
  readonly #socket: Socket;
  /** What the server said of itself. */
  readonly parameters: readonly Buffer[];
  /** Gets each message of the server; without it they are lost. */
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
