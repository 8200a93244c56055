import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import pg from "pg";
import { sample, sampleKey } from "./sample.ts";

const SCHEMA = "bare";

/**
 * The same rows that one push of a new item on one topic writes, by nothing but prepared statements on one connection:
 * item, the audiences of its topic and its owner, its entry in the topic's queue, the topic's count, the log's entry, the
 * tenant's head. Lock first, then check, then write and commit: two round trips, as few as a safe write can have.
 */
export class BarePostgres {
  readonly #client: pg.Client;
  #head: number;

  private constructor(client: pg.Client, head: number) {
    this.#client = client;
    this.#head = head;
  }

  /** A schema of our layout, with its tenant and topic there. */
  static async open(connectionString: string): Promise<BarePostgres> {
    const storage = new PostgresStorage({ connectionString, schema: SCHEMA });
    const mesh = new ContextMesh({ tenantId: "acme", storage, sweepEvery: false });
    await mesh.agent("Reader").subscribe(["work"]);
    const { revision } = await mesh.agent("Writer").push("first", sample(0), { topics: ["work"] });
    await mesh.close();
    const client = new pg.Client({ connectionString, pipeline: true });
    await client.connect();
    await client.query("SET plan_cache_mode = force_generic_plan");
    return new BarePostgres(client, revision);
  }

  async push(i: number): Promise<void> {
    const [key, value, now, position] = [sampleKey(i), valueOf(i), Date.now(), ++this.#head];
    const order = position * 16_384;
    const [, , row] = await Promise.all([
      this.#client.query("BEGIN"),
      this.#run("SELECT * FROM bare.tenant WHERE name = 'acme' FOR NO KEY UPDATE", []),
      this.#run("SELECT * FROM bare.item WHERE tenant = 'acme' AND key = $1", [key]),
      this.#run("SELECT 1 FROM bare.agent WHERE tenant = 'acme' AND name = $1", ["Writer"]),
      this.#run("SELECT * FROM bare.topic WHERE tenant = 'acme' AND name = $1", ["work"]),
    ]);
    if (row.rows.length > 0) throw new Error("The benchmark pushes new keys only.");
    await Promise.all([
      this.#run(
        `INSERT INTO bare.item (tenant, key, topics, subscribers, global, owner, author, revision, state,
           created_at, updated_at, attempts, ready_at, queue_order, value)
         VALUES ('acme', $1, '{work}', '{}', false, 'Writer', 'Writer', $2, 'open', $3, $3, 0, $3, $4, $5)`,
        [key, position, now, order, value],
      ),
      this.#run("INSERT INTO bare.item_audience VALUES ('acme', 'twork', $1)", [key]),
      this.#run("INSERT INTO bare.item_audience VALUES ('acme', 'oWriter', $1)", [key]),
      this.#run("INSERT INTO bare.queue VALUES ('acme', 'twork', 0, $1, $2, $3)", [
        now,
        order,
        key,
      ]),
      this.#run(
        "UPDATE bare.topic SET items = items + 1 WHERE tenant = 'acme' AND name = 'work'",
        [],
      ),
      this.#run(
        `INSERT INTO bare.log (tenant, position, idx, commit_id, at, actor, type, key, detail, value)
         VALUES ('acme', $1, 0, $2, $3, 'Writer', 'put', $4, $5, $6)`,
        [position, 1 + Math.floor(Math.random() * 4e9), now, key, DETAIL, value],
      ),
      this.#run(
        "UPDATE bare.tenant SET head = $1, head_commit_id = 1, now = $2, items = items + 1 WHERE name = 'acme'",
        [position, now],
      ),
      this.#client.query("COMMIT"),
    ]);
  }

  /** As many new items in one statement, nothing locked and nothing checked. */
  async pushAll(from: number, count: number): Promise<void> {
    const all = Array.from({ length: count }, (_, n) => from + n);
    const now = Date.now();
    const first = this.#head + 1;
    this.#head += count;
    await this.#run(
      `WITH u AS (SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) u(key, value, position)),
       item AS (
         INSERT INTO bare.item (tenant, key, topics, subscribers, global, owner, author, revision, state,
           created_at, updated_at, attempts, ready_at, queue_order, value)
         SELECT 'acme', u.key, '{work}', '{}', false, 'Writer', 'Writer', u.position, 'open', $4::bigint, $4, 0, $4,
           u.position * 16384, u.value FROM u),
       audience AS (
         INSERT INTO bare.item_audience SELECT 'acme', t.bucket, u.key FROM u CROSS JOIN (VALUES ('twork'), ('oWriter')) t(bucket)),
       queue AS (INSERT INTO bare.queue SELECT 'acme', 'twork', 0, $4, u.position * 16384, u.key FROM u),
       topic AS (UPDATE bare.topic SET items = items + $5::bigint WHERE tenant = 'acme' AND name = 'work'),
       tenant AS (UPDATE bare.tenant SET head = head + $5, now = $4, items = items + $5 WHERE name = 'acme')
       INSERT INTO bare.log (tenant, position, idx, commit_id, at, actor, type, key, detail, value)
       SELECT 'acme', u.position, 0, 1, $4, 'Writer', 'put', u.key, $6::text, u.value FROM u`,
      [all.map(sampleKey), all.map(valueOf), all.map((_, n) => first + n), now, count, DETAIL],
    );
  }

  async get(i: number): Promise<unknown> {
    const { rows } = await this.#run(
      "SELECT value FROM bare.item WHERE tenant = 'acme' AND key = $1",
      [sampleKey(i)],
    );
    return JSON.parse((rows[0] as { value: string }).value);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  #run(text: string, values: unknown[]): Promise<pg.QueryResult> {
    let name = names.get(text);
    if (name === undefined) names.set(text, (name = `bare_${names.size}`));
    return this.#client.query({ name, text, values });
  }
}

const names = new Map<string, string>();
const DETAIL = `[null,[["work"],[],0,"Writer",2],"Writer","open",1790000000000,1790000000000,null,0,1790000000000,32768,null]`;

function valueOf(i: number): string {
  return JSON.stringify(sample(i));
}
