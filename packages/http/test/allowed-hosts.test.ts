import { expect, it } from "vitest";
import { isAllowedHost, isAllowedOrigin, LOOPBACK_HOSTS } from "../src/index.ts";

function requestWith(headers: Record<string, string>): Request {
  return new Request("http://127.0.0.1:3000/", { headers });
}

it.each(["localhost", "LOCALHOST:80", "127.0.0.1:3000", "[::1]:3000", "2130706433", "0x7f.1"])(
  "allows the host %s as a name of this machine",
  (host) => {
    expect(isAllowedHost(requestWith({ host }), LOOPBACK_HOSTS)).toBe(true);
  },
);

it.each([
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "localhost@evil.example",
  "evil.example:localhost",
  "[::2]",
])("refuses the host %s", (host) => {
  expect(isAllowedHost(requestWith({ host }), LOOPBACK_HOSTS)).toBe(false);
  expect(isAllowedHost(requestWith({ host }), "*")).toBe(true);
});

it("compares names that are given in upper case", () => {
  expect(isAllowedHost(requestWith({ host: "mesh.acme.com" }), ["Mesh.Acme.com"])).toBe(true);
});

it("allows requests without an Origin, and those of allowed pages", () => {
  expect(isAllowedOrigin(requestWith({}), [])).toBe(true);
  expect(
    isAllowedOrigin(requestWith({ origin: "https://app.acme.com:8443" }), ["app.acme.com"]),
  ).toBe(true);
  for (const origin of [
    "null",
    "https://evil.example",
    "file://",
    "app.acme.com",
    "https://app.acme.com.evil.example",
  ])
    expect(isAllowedOrigin(requestWith({ origin }), ["app.acme.com"])).toBe(false);
});
