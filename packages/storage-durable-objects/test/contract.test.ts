import { contractInWorkerd } from "./support/contract-in-workerd.ts";

await contractInWorkerd({ scope: "storage", runs: 1 });
