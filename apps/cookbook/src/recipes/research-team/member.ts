import { ContextMesh } from "@syntha/core";
import { type StorageLocation, storageAt } from "../../storage/location.ts";
import { TEAM } from "./roles.ts";

const [name = "", where = ""] = process.argv.slice(2);
const mesh = new ContextMesh({ storage: storageAt(JSON.parse(where) as StorageLocation) });
const stop = new AbortController();
process.once("disconnect", () => stop.abort());
await TEAM[name]?.(mesh.agent(name), stop.signal);
await mesh.close();
