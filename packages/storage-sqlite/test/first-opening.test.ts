import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { migrate } from "../src/migrations/migrate.ts";
import { checkOwnership } from "../src/connection/file-ownership.ts";
import { tempFile } from "./support/temp-file.ts";

it("is not taken for another program's file by who looks while it is made", () => {
  const path = tempFile();
  const [looking, making] = [new Database(path), new Database(path)];
  onTestFinished(() => [looking, making].forEach((database) => database.close()));
  making.pragma("journal_mode = WAL");
  const ask = looking.pragma.bind(looking);
  looking.pragma = (...question) => {
    const answer = ask(...question);
    migrate(making);
    return answer;
  };
  expect(() => checkOwnership(looking, path)).not.toThrow();
});
