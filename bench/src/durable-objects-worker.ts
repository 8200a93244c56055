/** A Worker whose objects commit by Syntha, and by the same statements bare. */
import { ContextMesh } from "@syntha/core";
import { DurableObjectStorage, type TenantNamespace } from "@syntha/storage-durable-objects";
import { TenantObject } from "@syntha/storage-durable-objects/tenant-object";
import { sample, sampleKey } from "./sample.ts";

interface Sql {
  exec(sql: string, ...values: unknown[]): { raw(): IterableIterator<unknown[]> };
}

interface Context {
  readonly storage: { readonly sql: Sql; transactionSync<T>(work: () => T): T };
}

const ROUTE = { topics: ["work"], subscribers: [], global: false };
const [ROUTE_TEXT, DETAIL] = [
  `[["work"],[],0]`,
  `[null,[["work"],[],0,"Writer",2],"Writer","open",1800000000000,1800000000000,null,0,1800000000000,32768,null]`,
];

export class MeasuredObject extends TenantObject {
  #written = 0;

  /** One commit after another, decided and applied in this object. */
  async commits(tenantId: string, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const n = ++this.#written;
      const put = {
        type: "put",
        key: sampleKey(n),
        value: JSON.stringify(sample(n)),
        route: ROUTE,
      };
      await this.invoke("commit", [tenantId, [{ actor: "Writer", ops: [put] }]]);
    }
  }

  /** The rows that these commits write: item, audience, queue, topic, log and tenant. */
  async writes(times: number): Promise<void> {
    this.#transactions(times, (sql, n) => this.#write(sql, n));
  }

  /** The same, after the reads of a safe write: tenant, item, agent and topic. */
  async statements(tenantId: string, times: number): Promise<void> {
    this.#transactions(times, (sql, n) => {
      this.#check(sql, tenantId, n);
      this.#write(sql, n);
    });
  }

  #transactions(times: number, work: (sql: Sql, n: number) => void): void {
    const { storage } = this.ctx as Context;
    for (let i = 0; i < times; i++)
      storage.transactionSync(() => work(storage.sql, ++this.#written));
  }

  #check(sql: Sql, tenantId: string, n: number): void {
    const has = (query: string, name: string): boolean =>
      sql.exec(query, name).raw().next().done !== true;
    const isRight =
      has("SELECT * FROM syntha_tenant WHERE name = ?", tenantId) &&
      !has("SELECT * FROM syntha_item WHERE tenant = 1 AND key = ?", sampleKey(n)) &&
      has("SELECT * FROM syntha_agent WHERE tenant = 1 AND name = ?", "Writer") &&
      has("SELECT * FROM syntha_topic WHERE tenant = 1 AND name = ?", "work");
    if (!isRight) throw new Error("The benchmark writes new keys to a tenant with a topic.");
  }

  #write(sql: Sql, n: number): void {
    const [key, value, now, position] = [
      sampleKey(n),
      JSON.stringify(sample(n)),
      Date.now(),
      n + 2,
    ];
    sql.exec(
      `INSERT INTO syntha_item (tenant, key, route, owner, author, revision, state, created_at, updated_at, attempts, ready_at, queue_order, value)
       VALUES (1, ?, ?, 'Writer', 'Writer', ?, 'open', ?, ?, 0, ?, ?, ?)`,
      key,
      ROUTE_TEXT,
      position,
      now,
      now,
      now,
      position * 16_384,
      value,
    );
    const [id] = sql.exec("SELECT last_insert_rowid()").raw().next().value as [number];
    const audience =
      "INSERT INTO syntha_item_audience (tenant, bucket, key, item) VALUES (1, ?, ?, ?)";
    sql.exec(audience, "twork", key, id);
    sql.exec(audience, "oWriter", key, id);
    sql.exec(
      "INSERT INTO syntha_queue (tenant, queue, rank, ready_at, queue_order, item) VALUES (1, 'twork', 0, ?, ?, ?)",
      now,
      position * 16_384,
      id,
    );
    sql.exec("UPDATE syntha_topic SET items = items + 1 WHERE tenant = 1 AND name = 'work'");
    sql.exec(
      `INSERT INTO syntha_log (tenant, position, idx, commit_id, at, actor, type, key, detail, value)
       VALUES (1, ?, 0, ?, ?, 'Writer', 'put', ?, ?, ?)`,
      position,
      1 + Math.floor(Math.random() * 4e9),
      now,
      key,
      DETAIL,
      value,
    );
    sql.exec(
      "UPDATE syntha_tenant SET head = ?, head_commit_id = ?, now = ?, items = items + 1 WHERE id = 1",
      position,
      1,
      now,
    );
  }
}

interface Env {
  readonly TENANTS: TenantNamespace;
}

const stub = ({ TENANTS }: Env, name: string): MeasuredObject =>
  TENANTS.get(TENANTS.idFromName(name) as never) as MeasuredObject;

let pushed = 0;

/** `/prepare`, and for each side `/SIDE?times=N`. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const times = Number(searchParams.get("times"));
    const storage = new DurableObjectStorage({ namespace: env.TENANTS });
    const open = (tenantId: string) =>
      new ContextMesh({ storage, tenantId, sweepEvery: false, compactEvery: false });
    switch (pathname) {
      case "/prepare":
        for (const tenantId of [
          "commits",
          "statements",
          "more commits",
          "writes",
          "pushes",
          "calls",
        ]) {
          const mesh = open(tenantId);
          await mesh.agent("Reader").subscribe(["work"]);
          await mesh.agent("Writer").push("first", sample(0), { topics: ["work"] });
          await mesh.close();
        }
        break;
      case "/commits":
        await stub(env, "commits").commits("commits", times);
        break;
      case "/more-commits":
        await stub(env, "more commits").commits("more commits", times);
        break;
      case "/writes":
        await stub(env, "writes").writes(times);
        break;
      case "/statements":
        await stub(env, "statements").statements("statements", times);
        break;
      case "/pushes": {
        const mesh = open("pushes");
        const writer = mesh.agent("Writer");
        for (let i = 0; i < times; i++)
          await writer.push(sampleKey(++pushed), sample(pushed), { topics: ["work"] });
        await mesh.close();
        break;
      }
      case "/calls": {
        const object = stub(env, "calls");
        for (let i = 0; i < times; i++) await object.statements("calls", 1);
      }
    }
    return new Response();
  },
};
