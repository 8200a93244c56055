import { describe, expect, it } from "vitest";

import { parseStorage, spellStorage } from "../src/storage/storage-choice.ts";

describe("naming a storage", () => {
  it.each([
    ["memory", { kind: "memory" }],
    ["sqlite::memory:", { kind: "memory" }],
    ["sqlite:desk.db", { kind: "sqlite", path: "desk.db" }],
    ["sqlite:C:\\desk.db", { kind: "sqlite", path: "C:\\desk.db" }],
    ["postgres://me@host/db", { kind: "postgres", url: "postgres://me@host/db" }],
    ["postgresql://me@host/db", { kind: "postgres", url: "postgresql://me@host/db" }],
    ["postgres:postgres://me@host/db", { kind: "postgres", url: "postgres://me@host/db" }],
    [
      "postgres:postgresql://host/db?sslmode=require&schema=desk",
      { kind: "postgres", url: "postgresql://host/db?sslmode=require", schema: "desk" },
    ],
    ["postgres:///db?host=/tmp", { kind: "postgres", url: "postgres:///db?host=/tmp" }],
  ])("reads %s", (given, choice) => {
    expect(parseStorage(given)).toEqual(choice);
  });

  it.each([
    ["desk.db", /not "desk.db"/],
    ["", /memory, sqlite:FILE or postgres:/],
    ["sqlite:", /not "sqlite:"/],
    ["postgres:db", /postgres:\/\/USER@HOST/],
    ["mysql://host/db", /not "mysql:/],
    ["postgres://host:port/db", /can't be read/],
    ["postgres://host/db?schema=", /no schema/],
  ])("refuses %j", (given, message) => {
    expect(() => parseStorage(given)).toThrow(message);
  });

  it("spells it so that it can be named again, and shows no password", () => {
    for (const name of ["memory", "sqlite:desk.db", "postgres://me@host/db?schema=desk"]) {
      expect(spellStorage(parseStorage(name))).toBe(name);
    }
    expect(spellStorage(parseStorage("postgres://me:secret@host/db"))).toBe(
      "postgres://me:***@host/db",
    );
    expect(spellStorage(parseStorage("postgres://host/db?password=secret"))).not.toMatch(/secret/);
  });
});
