import { createHash } from "node:crypto";
import type { RoleName } from "@syntha/tools";

/** The user of a token. Nothing else in a request determines its tenant and agent. */
export interface User {
  readonly tenant: string;
  /** The agent of this user. */
  readonly agent: string;
  readonly role: RoleName;
}

/** Finds users by token. It stores hashes only, so that timing of a lookup discloses nothing about other tokens. */
export class Users {
  readonly #byHash = new Map<string, User>();

  add(token: string, user: User): this {
    this.#byHash.set(hash(token), user);
    return this;
  }

  /** Finds a user by the value of the `Authorization` header. */
  find(authorization: string | undefined): User | undefined {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    return token === undefined ? undefined : this.#byHash.get(hash(token));
  }
}

const hash = (token: string): string => createHash("sha256").update(token).digest("base64");
