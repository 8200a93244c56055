import { STDIO_DEFAULT_MAX_BUFFER_SIZE } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { AgentContext } from "@syntha/core";
import type { AgentServerOptions } from "../agent/options.ts";
import { serveStdio } from "../stdio.ts";
import { ConnectionError } from "./connection-error.ts";
import { messageOf } from "./message.ts";
import type { ProcessIo } from "./process-io.ts";

/** A server on this process's standard input and output. */
export interface StdioServer extends AsyncDisposable {
  /** Resolves when the client disconnects. Rejects with a ConnectionError if the connection ends otherwise. */
  readonly ended: Promise<void>;
}

/** Serves one agent to the client that started this process. */
export function startStdio(
  agent: AgentContext,
  options: AgentServerOptions,
  io: ProcessIo,
): StdioServer {
  const onError = (error: Error): void => {
    const message = messageOfClientError(error);
    if (message !== undefined) io.log(message);
  };
  const connection = new ClientConnection();
  const handle = serveStdio(agent, { ...options, transport: connection, onError });
  return { ended: connection.ended, [Symbol.asyncDispose]: () => handle.close() };
}

/** The connection to the client, which the SDK's transport closes by itself as well. */
class ClientConnection extends StdioServerTransport {
  readonly ended: Promise<void>;
  #end!: (error?: ConnectionError) => void;

  constructor() {
    super();
    this.ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
    // By a signal, nothing waits for it.
    this.ended.catch(() => undefined);
  }

  override async close(): Promise<void> {
    const { stdin, stdout } = process;
    const isDisconnected = stdin.readableEnded || stdin.destroyed || stdout.errored !== null;
    await super.close();
    this.#end(isDisconnected ? undefined : tooLarge());
  }
}

/** What ends a connection whose client is still there. */
function tooLarge(): ConnectionError {
  const mib = STDIO_DEFAULT_MAX_BUFFER_SIZE / 1_048_576;
  return new ConnectionError(`A message of the client is larger than ${mib} MiB.`);
}

/** Undefined for what {@link StdioServer.ended} says, or nothing. */
function messageOfClientError(error: Error): string | undefined {
  if (error.message.startsWith("ReadBuffer exceeded")) return undefined;
  if ((error as NodeJS.ErrnoException).code === "EPIPE") return undefined;
  if (error.name === "ZodError") return "Ignored a message that is not JSON-RPC.";
  return messageOf(error);
}
