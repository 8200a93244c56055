/** Every table that holds tenants' rows, and its column that says whose a row is. */
export const TENANT_COLUMNS = {
  tenant: "name",
  item: "tenant",
  edge: "tenant",
  ready: "tenant",
  topic: "tenant",
  agent: "tenant",
  subscription: "tenant",
  past_subscription: "tenant",
  usage: "tenant",
  allowance: "tenant",
  event: "tenant",
  event_edge: "tenant",
  log: "tenant",
} as const;
