import type { TenantRegistry } from "@syntha/core";
import type { AgentServerOptions } from "../agent/options.ts";
import { mcpHandler } from "../http/mcp-handler.ts";
import { listen } from "../http/node-listener.ts";
import { tokenFile } from "../identity/token-file.ts";
import { messageOf } from "./message.ts";
import type { Address, ServeArguments } from "./options.ts";
import type { ProcessIo } from "./process-io.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

const ANY_ADDRESS = new Set(["0.0.0.0", "::"]);

/** Serves the agents of tokens, or one agent to all clients of this machine. */
export async function startHttp(
  args: ServeArguments,
  address: Address,
  options: AgentServerOptions,
  tenants: TenantRegistry,
  io: ProcessIo,
): Promise<AsyncDisposable> {
  const { agent = "", tenantId, tokens, allowedHosts = [], allowedOrigins = [] } = args;
  const onError = (error: Error): void => io.log(messageOf(error));
  const file = tokens === undefined ? undefined : await tokenFile(tokens, { onError });
  const everyone = { tenantId, agent, signal: new AbortController().signal };
  const handler = mcpHandler({
    ...options,
    mesh: tenants,
    authenticate: file?.authenticate ?? (() => everyone),
    allowedHosts: [...LOOPBACK, ...toHostNames(address.host), ...allowedHosts],
    allowedOrigins: [...LOOPBACK, ...allowedOrigins],
    onError,
  });
  const listener = await listen(handler, address).catch((error: unknown) => {
    file?.close();
    throw error;
  });
  const who = file === undefined ? `as ${agent}` : `by the tokens of ${tokens}`;
  io.log(`Syntha listens at ${listener.url} for clients ${who}.`);
  if (ANY_ADDRESS.has(address.host) && allowedHosts.length === 0)
    io.log("Requests of other machines are refused: name its host with --allow-host.");
  return {
    async [Symbol.asyncDispose]() {
      await listener.close();
      file?.close();
    },
  };
}

/** The names by which clients reach an address: none for that of all addresses. */
function toHostNames(host: string): readonly string[] {
  if (ANY_ADDRESS.has(host)) return [];
  return [host.includes(":") ? `[${host}]` : host];
}
