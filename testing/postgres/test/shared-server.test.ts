import { freshDatabase, freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { describe, expect, it } from "vitest";
import {
  dropAll,
  freshDatabase as databaseOf,
  freshSchema as schemaOf,
} from "../src/fresh-database.ts";
import { connected, query } from "./support/query.ts";

describe.concurrent("the shared server", () => {
  it("is the same for every caller", async () => {
    expect(await postgresUrl()).toBe(await postgresUrl());
  });

  it("delivers notifications between connections", async () => {
    const url = await postgresUrl();
    const { name: channel } = await freshSchema();
    const listener = await connected(url);
    await listener.query(`listen ${channel}`);
    const received = new Promise((resolve) =>
      listener.once("notification", ({ payload }) => resolve(payload)),
    );
    await query(url, `notify ${channel}, 'ding'`);
    expect(await received).toBe("ding");
    await listener.end();
  });

  it("lets two workers lock different rows", async () => {
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

  it("creates databases with roles, and drops both", async () => {
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

  it("drops what a run has left, and nothing else", async () => {
    const url = await postgresUrl();
    const left = [schemaOf(url, "ended"), schemaOf(url, "active")] as const;
    for (const { name } of left) await query(url, `create schema ${name}`);
    const database = await databaseOf(url, "ended");
    const role = await database.role();
    await dropAll(url, "ended");
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
