import { expect, it } from "vitest";
import { loggedError } from "../../src/cli/log.ts";

const refused = "connect ECONNREFUSED 127.0.0.1:1";

it("says once what each error of a chain says again, and each thing that is new", () => {
  const network = new Error(refused, { cause: new Error("the socket closed") });
  const selection = new Error(refused, { cause: network });
  const error = new Error(`The store cannot be reached: ${refused}`, { cause: selection });
  expect(loggedError(error)).toMatchObject({
    type: "Error",
    message: `The store cannot be reached: ${refused}: the socket closed`,
    stack: expect.stringContaining("log.test.ts"),
  });
});

it("ends where errors are each other's cause, and leaves what is no error as it is", () => {
  const error = new Error("one");
  error.cause = new Error("two", { cause: error });
  expect(loggedError(error)).toMatchObject({ message: "one: two" });
  expect(loggedError("one")).toBe("one");
});
