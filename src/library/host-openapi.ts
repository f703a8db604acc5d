import { createDescribe, type Describe } from "../rest/openapi.ts";

/**
 * The `swaggerTransform` of mounted routes: described in the document that is served with them, left out of one that the host makes of its
 * own routes, which could not read their schemas. Our document is known by its title; nothing else reaches a transform.
 */
export function createDescribeOnlyHere(): Describe {
  const describe = createDescribe();
  return (route) => {
    const isOurs = "openapiObject" in route && route.openapiObject.info?.title === "Rulewright";
    return isOurs ? describe(route) : { schema: { hide: true }, url: route.url };
  };
}
