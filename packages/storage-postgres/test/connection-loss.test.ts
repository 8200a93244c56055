import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";
import { fatal, scriptedServer, WELCOME } from "./support/scripted-server.ts";

const SHUTDOWN = fatal("57P01", "terminating connection due to administrator command");

/** A pool without listeners: an error that nothing listens for would end the process. */
function barePool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(options);
  onTestFinished(() => pool.end());
  return pool;
}

const POOLS = [
  ["its own pool", (url: string) => newStorage({ connectionString: url })],
  ["a user's pool", (url: string) => newStorage({ pool: barePool({ connectionString: url }) })],
  [
    "a pipelined user's pool",
    (url: string) =>
      newStorage({ pool: barePool({ connectionString: url, pipeline: true } as pg.PoolConfig) }),
  ],
] as const;

/** When the server ends a connection. */
const MOMENTS = [
  ["with the handshake", [WELCOME, SHUTDOWN], []],
  ["twice with the handshake", [WELCOME, SHUTDOWN, SHUTDOWN], []],
  ["during a statement", [WELCOME], [SHUTDOWN]],
  ["twice during a statement", [WELCOME], [SHUTDOWN, SHUTDOWN]],
  ["silently during a statement", [WELCOME], []],
] as const;

const CASES = MOMENTS.flatMap(([moment, welcome, answer]) =>
  POOLS.map(([pool, create]) => [moment, pool, welcome, answer, create] as const),
);

it.for(CASES)(
  "survives a connection that ends %s, with %s",
  async ([, , welcome, answer, create]) => {
    const url = await scriptedServer(({ socket, send }) => {
      send(...welcome);
      socket.on("data", () => {
        send(...answer);
        socket.end();
      });
    });
    const storage = create(url);
    for (let i = 0; i < 3; i++)
      await expect(storage.open()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
    // The connections have emitted their last errors by now.
    await new Promise((resolve) => setTimeout(resolve, 20));
  },
);

it("removes its listeners from the user's pool when it closes", async () => {
  const { connectionString, schema } = await ownSchema();
  const pool = barePool({ connectionString, max: 2 });
  const events = ["error", "acquire", "remove", "connect"] as const;
  const clients = new Set<pg.PoolClient>();
  const gather = (client: pg.PoolClient): void => void clients.add(client);
  pool.on("release", (_, client) => gather(client as pg.PoolClient));
  const counts = (): unknown => ({
    pool: events.map((event) => pool.listenerCount(event)),
    clients: [...clients].map((client) => client.listenerCount("error")),
  });
  await Promise.all([pool.query("SELECT 1"), pool.query("SELECT 1")]);
  const before = counts();
  for (let i = 0; i < 3; i++) {
    const storage = await openStorage({ pool, schema });
    await Promise.all([write(storage, i), storage.get("acme", null, ["k"])]);
    await storage.close();
    expect(counts()).toEqual(before);
  }
});
