/** A Worker that runs the storage contract in the runtime. `POST /list` returns the names of its cases, `/run` a line for each. */
import { listCases, runCases } from "./workerd-runner.ts";
import { type Scope, storageContract } from "@syntha/storage-contract";
import { type ClockedNamespace, ClockedStorage } from "./clocked-storage.ts";

export { ClockedObject } from "./clocked-object.ts";

export interface ContractRequest {
  readonly scope: Scope;
  readonly runs: number;
}

let fixtures = 0;

export default {
  async fetch(request: Request, { TENANTS }: { TENANTS: ClockedNamespace }): Promise<Response> {
    const { scope, runs } = (await request.json()) as ContractRequest;
    const register = (): void =>
      storageContract({
        name: "Durable Objects",
        scope,
        runs,
        create({ clock }) {
          const prefix = `fixture ${++fixtures}`;
          const open = (): ClockedStorage => new ClockedStorage(TENANTS, clock, prefix);
          return {
            storage: open(),
            reopen: async () => open(),
            second: async () => open(),
            cleanup: async () => {},
          };
        },
      });
    if (new URL(request.url).pathname === "/list") return Response.json(await listCases(register));
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const write = (line: unknown): void =>
      void writer.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
    void runCases(register, write)
      .catch((error: unknown) =>
        write({ name: "the runner", state: "fail", reason: String((error as Error).stack), ms: 0 }),
      )
      .finally(() => void writer.close());
    // Not compressed, so that each line arrives at once.
    return new Response(readable, { headers: { "Content-Type": "application/octet-stream" } });
  },
};
