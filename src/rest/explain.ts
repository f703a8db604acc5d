import type { z } from "zod";
import { TrialInput } from "../engine/explain/trial.ts";
import { answers, KEYED, WITH_BODY } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { requireBody } from "./body.ts";
import { EventExplanationAnswer, ExplanationAnswer } from "./explain-answers.ts";
import { Id } from "./id.ts";
import { query } from "./query.ts";
import { uncheckedBody } from "./validate.ts";
import { COMPONENTS } from "./components.ts";

/** What is documented; the engine itself checks it. */
const Trial: z.ZodType = TrialInput.register(COMPONENTS, {
  id: "Trial",
  description: "What a rule is tried on.",
  examples: [{ record: { invoice_id: "90300", status: "paid", total: "12000.0" }, at: "2026-11-20T09:00:00Z" }],
});

export function explainRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.post(
    "/workflow-rules/:id/explain",
    {
      preValidation: requireBody,
      validatorCompiler: uncheckedBody,
      schema: {
        operationId: "explainWorkflowRule",
        summary: "Would it fire for this record, and why; decides and does nothing",
        tags: ["workflow rules"],
        params: Id,
        querystring: query({}),
        body: Trial,
        response: answers({ 200: ExplanationAnswer }, ...KEYED, ...WITH_BODY, "not_found"),
      },
    },
    ({ params, body }) => engine.explain.rule(organization, params.id, body),
  );

  app.get(
    "/events/:id/explain",
    {
      schema: {
        operationId: "explainEvent",
        summary: "Why each rule of its module fired for it or did not",
        tags: ["events"],
        params: Id,
        querystring: query({}),
        response: answers({ 200: EventExplanationAnswer }, ...KEYED, "not_found"),
      },
    },
    async ({ params }) => ({ data: await engine.explain.event(organization, params.id) }),
  );
}
