/** A Worker with objects that a test can end and inspect, and handlers that use the storage as an application does. */
import { ContextMesh } from "@syntha/core";
import { DurableObjectStorage, type TenantNamespace } from "../../src/index.ts";
import { TenantObject } from "../../src/tenant-object.ts";
import { crashRun } from "./crash-run.ts";
import { scaleRun } from "./scale-run.ts";

interface Context {
  readonly storage: {
    readonly sql: { exec(sql: string): { raw(): IterableIterator<unknown[]> } };
    getAlarm(): Promise<number | null>;
  };
  getWebSockets(): readonly object[];
  abort(reason: string): void;
}

/** What an object has. */
export interface Inspection {
  readonly tables: number;
  readonly hasAlarm: boolean;
  readonly sockets: number;
  /** Identifies the instance: another one has another number. */
  readonly instance: number;
  /** Timers that ran during the longest sweep of this instance. */
  readonly timersDuringSweep: number;
}

export class TestedObject extends TenantObject {
  #instance = 0;
  #timersDuringSweep = 0;

  get #context(): Context {
    return this.ctx as Context;
  }

  /** Ends this instance of the object, as a crash does: what is in memory is lost. */
  crash(): void {
    this.#context.abort("The test ended this instance.");
  }

  override async alarm(): Promise<void> {
    let [isOver, timers] = [false, 0];
    const sweeping = super.alarm().finally(() => {
      isOver = true;
    });
    for (; !isOver; timers++) await new Promise((resolve) => setTimeout(resolve, 0));
    this.#timersDuringSweep = Math.max(this.#timersDuringSweep, timers);
    return sweeping;
  }

  async inspect(): Promise<Inspection> {
    const { storage } = this.#context;
    const names = storage.sql.exec("SELECT name FROM sqlite_schema WHERE name LIKE 'syntha%'");
    return {
      tables: [...names.raw()].length,
      hasAlarm: (await storage.getAlarm()) !== null,
      sockets: this.#context.getWebSockets().length,
      instance: (this.#instance ||= Math.random()),
      timersDuringSweep: this.#timersDuringSweep,
    };
  }
}

export { TestedObject as WithoutSqlite };

/** A class that another package could have bound. */
export class OtherObject {
  fetch(): Response {
    return new Response("other");
  }
}

interface Env {
  readonly TENANTS: TenantNamespace;
}

/** As in a Worker that creates it at the top level, rather than in the handler. */
let sharedStorage: DurableObjectStorage | undefined;

/** Increments a counter of a tenant, with a storage that other requests use at the same time. */
async function countBy(env: Env, tenantId: string, times: number): Promise<void> {
  const storage = (sharedStorage ??= new DurableObjectStorage({ namespace: env.TENANTS }));
  const mesh = new ContextMesh({ storage, tenantId, sweepEvery: false, compactEvery: false });
  for (let i = 0; i < times; i++) await mesh.system.increment("count", 1, { global: true });
  await mesh.close();
}

async function pushOnce(env: Env, tenantId: string): Promise<unknown> {
  const storage = new DurableObjectStorage({ namespace: env.TENANTS });
  const mesh = new ContextMesh({ storage, tenantId, sweepEvery: false });
  const pushed = await mesh.system.push("it", 1, { global: true });
  await mesh.close();
  return pushed;
}

/** Watches a tenant, and returns the value of the first put. */
async function firstValue(env: Env, tenantId: string): Promise<unknown> {
  const storage = new DurableObjectStorage({ namespace: env.TENANTS });
  const mesh = new ContextMesh({ storage, tenantId, sweepEvery: false });
  try {
    for await (const change of mesh.system.watch({ initial: true }))
      if (change.type === "ready") await mesh.system.push("watching", true, { global: true });
      else if (change.type === "put" && change.item.key !== "watching") return change.item.value;
    return undefined;
  } finally {
    await mesh.close();
  }
}

/** Each request runs in this isolate, apart from Node. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const tenantId = searchParams.get("tenant") ?? "";
    // A proxy's references keep an object awake; those of a request end with it.
    const object = (): TestedObject =>
      env.TENANTS.get(env.TENANTS.idFromName(tenantId) as never) as TestedObject;
    if (pathname === "/socket") return object().fetch(request);
    if (pathname === "/inspect") return Response.json(await object().inspect());
    if (pathname === "/count") {
      await countBy(env, tenantId, 10);
      return new Response();
    }
    if (pathname === "/push") return Response.json(await pushOnce(env, tenantId));
    if (pathname === "/scale")
      return Response.json(await scaleRun(env.TENANTS, Number(searchParams.get("tenants"))));
    if (pathname === "/watch") return Response.json(await firstValue(env, tenantId));
    const pushes = Number(searchParams.get("pushes"));
    return Response.json(await crashRun(env.TENANTS, tenantId, pushes));
  },
};
