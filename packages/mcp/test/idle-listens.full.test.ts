import { expect, it } from "vitest";
import { LEFT_BYTES, listenIdly } from "./idle/listens.ts";
import { tempFolder } from "./support/temp-folder.ts";

const LISTENS = 1_000;
/** Of the server, for a listen: its connection, request and stream. */
const MAX_BYTES = 60_000;

it("holds many idle listens with one storage connection and bounded memory", async () => {
  const figures = await listenIdly(`${tempFolder()}/mesh.db`, LISTENS);
  console.log(JSON.stringify(figures));
  expect(figures.all.files).toBe(figures.first.files);
  expect(figures.bytesPerListen).toBeLessThan(MAX_BYTES);
  expect(figures.none.bytes - figures.first.bytes).toBeLessThanOrEqual(
    figures.listens * LEFT_BYTES,
  );
});
