import { freshDatabase, freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { describe, expect, it } from "vitest";
import { dropAll, freshDatabase as databaseOf, freshSchema as schemaOf } from "../src/fresh.ts";
import { connected, query } from "./support/query.ts";

describe.concurrent("the server that the tests share", () => {
  it("is the same for all who ask", async () => {
    expect(await postgresUrl()).toBe(await postgresUrl());
  });

  it("carries notifications from one connection to another", async () => {
    const url = await postgresUrl();
    const { name: channel } = await freshSchema();
    const listener = await connected(url);
    await listener.query(`listen ${channel}`);
    const heard = new Promise((resolve) =>
      listener.once("notification", ({ payload }) => resolve(payload)),
    );
    await query(url, `notify ${channel}, 'ding'`);
    expect(await heard).toBe("ding");
    await listener.end();
  });

  it("lets two workers take different rows", async () => {
    const schema = await freshSchema();
    await query(schema.url, `create schema ${schema.name}`);
    await query(schema.url, `create table ${schema.name}.jobs as select 1 as id union select 2`);
    const workers = [await connected(schema.url), await connected(schema.url)] as const;
    const taken: unknown[] = [];
    for (const worker of workers) {
      await worker.query("begin");
      const { rows } = await worker.query(
        `select id from ${schema.name}.jobs order by id for update skip locked limit 1`,
      );
      taken.push(...rows);
    }
    expect(taken).toEqual([{ id: 1 }, { id: 2 }]);
    for (const worker of workers) await worker.end();
    await schema.drop();
    const left = `select 1 from pg_namespace where nspname = '${schema.name}'`;
    expect(await query(schema.url, left)).toEqual([]);
  });

  it("gives databases with roles of their own, and takes both back", async () => {
    const database = await freshDatabase();
    const role = await database.role();
    await query(database.url, `create table mine as select 1 as n`);
    await query(database.url, `grant select on mine to ${role.name}`);
    expect(await query(role.url, "select current_user as me, n from mine")).toEqual([
      { me: role.name, n: 1 },
    ]);
    const open = await connected(role.url);
    await database.drop();
    await expect(open.query("select 1")).rejects.toThrow(/terminat|connection error/);
    const roles = `select 1 from pg_roles where rolname = '${role.name}'`;
    expect(await query(await postgresUrl(), roles)).toEqual([]);
  });

  it("is cleared of what a run left behind, and of nothing else", async () => {
    const url = await postgresUrl();
    const left = [schemaOf(url, "gone"), schemaOf(url, "stays")] as const;
    for (const { name } of left) await query(url, `create schema ${name}`);
    const database = await databaseOf(url, "gone");
    const role = await database.role();
    await dropAll(url, "gone");
    const rows = await query(
      url,
      `select nspname as name from pg_namespace where nspname in ('${left[0].name}', '${left[1].name}')
       union select datname from pg_database where datname = '${database.name}'
       union select rolname from pg_roles where rolname = '${role.name}'`,
    );
    expect(rows).toEqual([{ name: left[1].name }]);
    await left[1].drop();
  });
});
