// Starts a server, prints its process id and directory, and exits unless the argument is "stay".
import { startServer } from "../../src/index.ts";
import { pidOf } from "./pid-of.ts";

const { directory } = await startServer();
console.log(JSON.stringify({ directory, pid: pidOf(directory) }));
if (process.argv[2] === "stay") setInterval(() => {}, 1_000);
