// Writes what is made from the schemas: rulewright.schema.json and the reference in docs/rule-files.md. Run by `npm run schema`, after a build.
import { readFileSync, writeFileSync } from "node:fs";
import { withReference } from "../dist/files/reference/reference.js";
import { ruleFileSchema } from "../dist/files/schema.js";

const root = new URL("../", import.meta.url);
const page = new URL("docs/rule-files.md", root);
writeFileSync(new URL("rulewright.schema.json", root), `${JSON.stringify(ruleFileSchema(), null, 2)}\n`);
writeFileSync(page, withReference(readFileSync(page, "utf8")));
