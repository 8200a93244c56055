import { postgresUrl } from "@syntha/testing-postgres/vitest";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { toArrayText } from "../src/tables/array-text.ts";

it("writes texts with any characters as an array", async () => {
  const characters = Array.from({ length: 0x2_20 }, (_, at) => String.fromCodePoint(at + 1));
  const texts = ["", "NULL", "{}", "a,b", "\u{1F98A}", "\u2028", ...characters].flatMap((text) => [
    text,
    `"${text}\\`,
    JSON.stringify({ text }),
  ]);
  const client = new pg.Client(await postgresUrl());
  await client.connect();
  onTestFinished(() => client.end());
  const list = [...texts, null];
  const { rows } = await client.query("SELECT to_json($1::text[]) AS list", [toArrayText(list)]);
  expect(rows).toEqual([{ list }]);
});
