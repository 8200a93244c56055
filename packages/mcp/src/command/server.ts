import { TenantRegistry } from "@syntha/core";
import type { AgentServerOptions } from "../agent/options.ts";
import { mcpHandler } from "../http/mcp-handler.ts";
import { listen } from "../http/node-listener.ts";
import { tokenFile } from "../identity/token-file.ts";
import { serveStdio } from "../stdio.ts";
import type { ServeArguments } from "./options.ts";
import { messageOf, type ProcessIo } from "./program.ts";
import { openStorage } from "./storage.ts";

/** A server that runs. */
export interface RunningServer extends AsyncDisposable {
  /** Resolves when the client or a signal ends it. */
  readonly ended: Promise<void>;
}

/** @throws UsageError, SynthaError if it can't start */
export async function start(args: ServeArguments, io: ProcessIo): Promise<RunningServer> {
  await using starting = new AsyncDisposableStack();
  const storage = await openStorage(args.storage);
  const tenants = starting.use(new TenantRegistry({ storage, idleAfter: false }));
  // Opens the storage, so that what is wrong with it is said now rather than to a model.
  await tenants.stats(args.tenantId);
  const { role, toolsets, approval } = args;
  const options: AgentServerOptions = {
    ...(role !== undefined && { role }),
    ...(toolsets !== undefined && { toolsets }),
    ...(approval !== undefined && { approval }),
  };
  if (args.http === undefined) startStdio(args, options, tenants, starting, io);
  else await startHttp(args, args.http, options, tenants, starting, io);
  const ended = args.http === undefined ? endOfInput(io.signal) : aborted(io.signal);
  const running = starting.move();
  return { ended, [Symbol.asyncDispose]: async () => running.disposeAsync() };
}

function startStdio(
  { agent = "", tenantId }: ServeArguments,
  options: AgentServerOptions,
  tenants: TenantRegistry,
  running: AsyncDisposableStack,
  io: ProcessIo,
): void {
  const onError = (error: Error): void => io.log(messageOf(error));
  const handle = serveStdio(tenants.mesh(tenantId).agent(agent), { ...options, onError });
  running.defer(() => handle.close());
}

async function startHttp(
  { agent, tenantId, tokens, allowedHosts, allowedOrigins }: ServeArguments,
  address: { readonly host: string; readonly port: number },
  options: AgentServerOptions,
  tenants: TenantRegistry,
  running: AsyncDisposableStack,
  io: ProcessIo,
): Promise<void> {
  const onError = (error: Error): void => io.log(messageOf(error));
  const file = tokens === undefined ? undefined : await tokenFile(tokens, { onError });
  if (file !== undefined) running.defer(() => file.close());
  const everyone = { tenantId, agent: agent ?? "", signal: new AbortController().signal };
  const handler = mcpHandler({
    ...options,
    mesh: tenants,
    authenticate: file?.authenticate ?? (() => everyone),
    ...(allowedHosts !== undefined && { allowedHosts: [...LOOPBACK, ...allowedHosts] }),
    ...(allowedOrigins !== undefined && { allowedOrigins: [...LOOPBACK, ...allowedOrigins] }),
    onError,
  });
  const listener = running.use(await listen(handler, address));
  const who = file === undefined ? `as ${agent}` : `by ${file.size} tokens of ${tokens}`;
  io.log(`Syntha listens at ${listener.url} for clients ${who}.`);
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Resolves when the client is gone, too. */
function endOfInput(signal: AbortSignal): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    process.stdin.once("end", resolve).once("close", resolve);
  });
  return Promise.race([ended, aborted(signal)]);
}
