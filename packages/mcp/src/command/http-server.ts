import type { TenantRegistry } from "@syntha/core";
import type { AgentServerOptions } from "../agent/options.ts";
import { mcpHandler } from "../http/mcp-handler.ts";
import { listen } from "../http/node-listener.ts";
import { tokenFile } from "../identity/token-file.ts";
import { messageOf } from "./message.ts";
import type { Address, ServeArguments } from "./options.ts";
import type { ProcessIo } from "./process-io.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Serves the agents of tokens, or one agent to all clients of this machine. */
export async function startHttp(
  args: ServeArguments,
  address: Address,
  options: AgentServerOptions,
  tenants: TenantRegistry,
  io: ProcessIo,
): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const { agent = "", tenantId, tokens, allowedHosts, allowedOrigins } = args;
  const onError = (error: Error): void => io.log(messageOf(error));
  const file = tokens === undefined ? undefined : await tokenFile(tokens, { onError });
  if (file !== undefined) starting.use(file);
  const everyone = { tenantId, agent, signal: new AbortController().signal };
  const handler = mcpHandler({
    ...options,
    mesh: tenants,
    authenticate: file?.authenticate ?? (() => everyone),
    ...(allowedHosts !== undefined && { allowedHosts: [...LOOPBACK, ...allowedHosts] }),
    ...(allowedOrigins !== undefined && { allowedOrigins: [...LOOPBACK, ...allowedOrigins] }),
    onError,
  });
  const listener = starting.use(await listen(handler, address));
  const who = file === undefined ? `as ${agent}` : `by ${file.size} tokens of ${tokens}`;
  io.log(`Syntha listens at ${listener.url} for clients ${who}.`);
  return starting.move();
}
