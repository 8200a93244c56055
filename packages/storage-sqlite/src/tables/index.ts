import type { Database } from "better-sqlite3";
import { Edges } from "./edges.ts";
import { Events } from "./events.ts";
import { Items } from "./items.ts";
import { Log } from "./log.ts";
import { RouteIndex } from "./route-index.ts";
import { PermissionTable } from "./permissions.ts";
import { Queue } from "./queue.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Allowances } from "./allowances.ts";
import { Removal } from "./removal.ts";
import { Tenants } from "./tenants.ts";
import { Topics } from "./topics.ts";
import { Usages } from "./usages.ts";

/** Every table with its prepared statements, for one connection. */
export class Tables {
  readonly tenants: Tenants;
  readonly routes: RouteIndex;
  readonly items: Items;
  readonly edges: Edges;
  readonly queue: Queue;
  readonly topics: Topics;
  readonly subscriptions: Subscriptions;
  readonly permissions: PermissionTable;
  readonly usages: Usages;
  readonly allowances: Allowances;
  readonly events: Events;
  readonly log: Log;
  readonly removal: Removal;

  constructor(database: Database) {
    this.tenants = new Tenants(database);
    const index = new RouteIndex(database);
    this.routes = index;
    this.items = new Items(database, index);
    this.edges = new Edges(database, index);
    this.queue = new Queue(database, index);
    this.topics = new Topics(database);
    this.subscriptions = new Subscriptions(database);
    this.permissions = new PermissionTable(database);
    this.usages = new Usages(database);
    this.allowances = new Allowances(database);
    this.events = new Events(database, index);
    this.log = new Log(database, index);
    this.removal = new Removal(database);
  }
}
