import { ERROR_CODES, SynthaError } from "@syntha/core";
import { expect, it } from "vitest";
import { partsOf } from "../packages/cli/src/app/error-lines.ts";
import { codeIn } from "../packages/cli/test/support/code-in.ts";
import { FILLED, hintsOf } from "./source-texts.ts";

it("leaves no code of a program in what the command hints, whatever a mesh or a storage hints at", () => {
  const hints = ["core", "storage-sqlite", "storage-postgres"].flatMap(hintsOf);
  expect(hints.length).toBeGreaterThan(200);
  const withCode = hints.flatMap(({ text }) =>
    ERROR_CODES.flatMap((code) => {
      const filled = text.replaceAll(FILLED, "7");
      const { hint = "" } = partsOf(new SynthaError(code, "Refused.", { hint: filled }));
      return codeIn(hint) === undefined ? [] : [hint];
    }),
  );
  expect([...new Set(withCode)]).toEqual([]);
});
