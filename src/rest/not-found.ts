import type { FastifyRequest, RouteOptions } from "fastify";
import { RulewrightError } from "../model/errors.ts";

/** Remembers the routes, so that who asks for one that is not there hears which methods its path has. */
export type KnownRoutes = {
  readonly add: (route: RouteOptions) => void;
  /** What to answer; the contract has no 405, so a wrong method is not_found as well. */
  refusal(request: FastifyRequest): RulewrightError;
};

export function createKnownRoutes(): KnownRoutes {
  const methods = new Map<string, { readonly path: RegExp; readonly methods: string[] }>();
  return {
    add({ url, method }) {
      const known = methods.get(url) ?? { path: new RegExp(`^${url.replaceAll(/:\w+/g, "[^/]+")}$`), methods: [] };
      known.methods.push(...[method].flat());
      methods.set(url, known);
    },
    refusal({ method, url }) {
      const path = url.split("?", 1)[0] ?? "";
      const shown = path.length > 200 ? `${path.slice(0, 200)}...` : path;
      const known = [...methods.values()].find((route) => route.path.test(path));
      return new RulewrightError(
        "not_found",
        known
          ? `${shown} has no ${method}; it has ${known.methods.join(", ")}`
          : `There is no route ${method} ${shown}; /openapi.json lists those that there are`,
      );
    },
  };
}
