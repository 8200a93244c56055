import { createServer, type AddressInfo, type Socket } from "node:net";
import { atTestEnd } from "./test-end.ts";

/** What the scripted server does with a connection. */
export interface ScriptedConnection {
  readonly socket: Socket;
  /** Sends messages of the protocol as one packet. */
  readonly send: (...messages: readonly Buffer[]) => void;
}

/**
 * A server that sends scripted protocol messages, at moments that can't be chosen with a real one. It accepts every
 * login.
 * @param onStartup called for each connection after its startup message
 * @returns its URL
 */
export async function scriptedServer(
  onStartup: (connection: ScriptedConnection) => void,
): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.setNoDelay());
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    const send = (...messages: readonly Buffer[]): void =>
      void (socket.writable && socket.write(Buffer.concat(messages)));
    socket.once("data", () => onStartup({ socket, send }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atTestEnd(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return `postgres://app@127.0.0.1:${(server.address() as AddressInfo).port}/product`;
}

/** A message of the server. */
function message(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export function fatal(code: string, text: string): Buffer {
  return message("E", `SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** Accepts the login; the server is ready for the first statement. */
export const WELCOME = Buffer.concat([
  message("R", int32(0)),
  message("K", int32(4_711), int32(1)),
  message("Z", "I"),
]);
