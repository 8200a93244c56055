import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { isSynthaError, SynthaError } from "@syntha/core";
import type { HttpHandler } from "./http-handler.ts";

export interface ListenOptions {
  /** An address of this machine, such as "127.0.0.1". */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** A handler that listens on a port of this machine. */
export interface NodeListener extends AsyncDisposable {
  /** Such as "http://127.0.0.1:3111". */
  readonly url: string;
  /** Ends all calls and streams, and closes the handler with the port. */
  readonly close: () => Promise<void>;
}

/**
 * How long an idle connection stays open. Clients and proxies keep connections for up to a minute: one that the server closes
 * while the next request is on its way fails that request with ECONNRESET, or 502.
 */
const KEEP_ALIVE_MS = 65_000;

/** How long a client may take to receive the end of its calls. */
const CLOSING_MS = 1_000;

/**
 * Serves a handler by Node's HTTP server.
 *
 * @example
 * ```ts
 * await using listener = await listen(handler, { host: "127.0.0.1", port: 3111 });
 * ```
 * @throws UNAVAILABLE if the port is in use; MISCONFIGURED for an address that this machine does not have
 */
export async function listen(
  { fetch, close: closeHandler }: HttpHandler,
  { host, port }: ListenOptions,
): Promise<NodeListener> {
  const answer = getRequestListener(fetch, { overrideGlobalObjects: false });
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  await opened(server, host, port);
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    await closeHandler();
    // The ends of streams are still on their way.
    const timer = setTimeout(() => server.closeAllConnections(), CLOSING_MS);
    await closed;
    clearTimeout(timer);
  };
  return { url: `http://${name}:${address.port}`, close, [Symbol.asyncDispose]: close };
}

async function opened(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    throw toListenError(error, host, port);
  }
}

function toListenError(error: unknown, host: string, port: number): SynthaError {
  if (isSynthaError(error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE")
    return new SynthaError("UNAVAILABLE", `Port ${port} of ${host} is in use.`, {
      hint: "Stop the other program, or choose another port.",
      cause: error,
    });
  return new SynthaError("MISCONFIGURED", `Can't listen on ${host}:${port}: ${message}`, {
    hint: "Use an address of this machine, and a port that this user may open.",
    details: { path: "host" },
    cause: error,
  });
}
