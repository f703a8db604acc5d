import { afterEach, beforeEach, describe } from "vitest";
import { claimContract } from "./claim.ts";
import { dateContract } from "./dates.ts";
import { definitionContract } from "./definitions.ts";
import { durabilityContract } from "./durability.ts";
import { fairnessContract } from "./fairness.ts";
import { firstTimeContract } from "./first-time.ts";
import { intakeContract } from "./intake.ts";
import type { OpenedStore } from "./ledger.ts";
import { listContract } from "./lists.ts";
import { markContract } from "./marks.ts";
import { notificationContract } from "./notifications.ts";
import { organizationContract } from "./organizations.ts";
import { pendingContract } from "./pending.ts";
import { quotaContract } from "./quota.ts";
import { recordContract } from "./records.ts";
import { recordsOfEventsContract } from "./records-of-events.ts";
import { retentionContract } from "./retention.ts";
import { settleContract } from "./settle.ts";
import { fieldUpdateContract } from "./update.ts";

/** What `src/store` promises, one behaviour a test; every store must pass all of it. `open` answers an empty store each time. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the store's contract`, () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.dispose());
    const current = () => opened.store;

    describe("intake", () => {
      intakeContract(current);
    });
    describe("first time", () => {
      firstTimeContract(current);
    });
    describe("records of events", () => {
      recordsOfEventsContract(current);
    });
    describe("claim", () => {
      claimContract(current);
    });
    describe("fairness", () => {
      fairnessContract(current);
    });
    describe("settle", () => {
      settleContract(current);
    });
    describe("quota", () => {
      quotaContract(current);
    });
    describe("the log", () => {
      listContract(current);
    });
    describe("records", () => {
      recordContract(current);
    });
    describe("field updates", () => {
      fieldUpdateContract(current);
    });
    describe("runs that wait", () => {
      pendingContract(current);
    });
    describe("dates of records", () => {
      dateContract(current);
    });
    describe("marks", () => {
      markContract(current);
    });
    describe("definitions", () => {
      definitionContract(current);
    });
    describe("notifications", () => {
      notificationContract(current);
    });
    describe("retention", () => {
      retentionContract(current);
    });
    describe("organizations", () => {
      organizationContract(current);
    });
    describe("durability", () => {
      durabilityContract(() => opened);
    });
  });
}
