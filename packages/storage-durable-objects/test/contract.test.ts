import { contractInWorkerd } from "./support/contract-in-workerd.ts";

// The whole contract takes a minute of processor time: contract.full.test.ts.
await contractInWorkerd({ scope: "wrapper", runs: 1 });
