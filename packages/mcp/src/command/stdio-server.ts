import type { AgentContext } from "@syntha/core";
import type { AgentServerOptions } from "../agent/options.ts";
import { serveStdio } from "../stdio.ts";
import { messageOf } from "./message.ts";
import type { ProcessIo } from "./process-io.ts";

/** Serves one agent to the client that started this process. */
export function startStdio(
  agent: AgentContext,
  options: AgentServerOptions,
  io: ProcessIo,
): AsyncDisposable {
  const onError = (error: Error): void => io.log(messageOf(error));
  const handle = serveStdio(agent, { ...options, onError });
  return { [Symbol.asyncDispose]: () => handle.close() };
}

/** Resolves when the client is gone. */
export function endOfInput(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once("end", resolve).once("close", resolve);
  });
}
