import { compileRuleSet, type CompiledRule, type RuleSet } from "../../decide/rule-set.ts";
import type { TopLevelCondition } from "../../criteria/conditions.ts";
import type { Module } from "../../model/module.ts";
import type { WorkflowRule } from "../../model/rule.ts";
import type { Store } from "../../store/store.ts";
import type { Generation } from "../../model/definition.ts";
import { createSnapshot, EMPTY_GENERATION, toRuleVersion, type Defined, type Snapshot } from "./snapshot.ts";
import { definedOf, readState } from "./state.ts";

/** The definitions of every organization as this process sees them, and older rule versions for the runs that they planned. */
export type Definitions = {
  /** Ids of the organizations that have definitions. */
  organizations(): readonly string[];
  /** The definitions of an earlier generation, or null where it is not stored. */
  at(organization: string, generation: number): Promise<Snapshot | null>;
  /** The current snapshot; synchronous, because every event asks for it. */
  current(organization: string): Snapshot;
  /** A rule version alone, compiled, whether or not it is current. */
  ruleVersion(organization: string, module: Module, id: string, version: number): Promise<RuleVersion | null>;
  /** Makes this generation the one that decides from now on, unless a newer one does already. @param all what it names */
  install(organization: string, generation: Generation, all: readonly Defined[]): void;
  /** Reads the current generation from the store and installs it. */
  refresh(organization: string): Promise<Snapshot>;
  /** Refreshes where another process has changed something. */
  catchUp(): Promise<void>;
  /** One change of an organization after the other: those that lose a race would only do their work again. */
  inTurn<T>(organization: string, work: () => Promise<T>): Promise<T>;
};

type RuleVersion = { readonly set: RuleSet; readonly rule: CompiledRule };

/** Old versions kept compiled; pending runs of one rule share them. */
const VERSIONS_KEPT = 200;
/** Earlier generations kept compiled: explanations of one day's events ask for the same few. */
const GENERATIONS_KEPT = 8;

export async function openDefinitions(store: Store): Promise<Definitions> {
  const snapshots = new Map<string, Snapshot>();
  const versions = new Map<string, Promise<RuleVersion | null>>();
  const earlier = new Map<string, Snapshot>();
  const turns = new Map<string, Promise<void>>();

  async function refresh(organization: string): Promise<Snapshot> {
    const { generation, all } = await readState(store, organization, current(organization).all);
    install(organization, generation, all);
    return current(organization);
  }

  function install(organization: string, generation: Generation, all: readonly Defined[]): void {
    const known = snapshots.get(organization);
    if (known && known.generation.number >= generation.number) return;
    snapshots.set(organization, createSnapshot(organization, generation, all));
    versions.clear();
  }

  async function catchUp(): Promise<void> {
    for (const [organization, number] of await store.definitions.newest())
      if (number > current(organization).generation.number) await refresh(organization);
  }

  async function inTurn<T>(organization: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(organization);
    const mine = (async () => {
      await before;
      return work();
    })();
    // Whoever comes next waits for this one to end, however it ends.
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    turns.set(organization, ended);
    return mine;
  }

  async function at(organization: string, number: number): Promise<Snapshot | null> {
    const now = current(organization);
    if (now.generation.number === number) return now;
    const key = `${organization}\n${number}`;
    const known = earlier.get(key);
    if (known) return known;
    const generation = number === 0 ? EMPTY_GENERATION : await store.definitions.generation(organization, number);
    if (!generation) return null;
    const snapshot = createSnapshot(organization, generation, await definedOf(store, organization, generation, now.all));
    const [oldest] = earlier.keys();
    if (earlier.size >= GENERATIONS_KEPT && oldest !== undefined) earlier.delete(oldest);
    earlier.set(key, snapshot);
    return snapshot;
  }

  /** Runs that are due together ask together: it is read and compiled once. */
  function ruleVersion(organization: string, module: Module, id: string, version: number): Promise<RuleVersion | null> {
    const key = `${organization}\n${id}\n${version}`;
    const known = versions.get(key);
    if (known) return known;
    const read = readVersion(organization, module, id, version);
    if (versions.size >= VERSIONS_KEPT) versions.clear();
    versions.set(key, read);
    const forget = (): void => {
      if (versions.get(key) === read) versions.delete(key);
    };
    // What is not there, or could not be read, is asked for again.
    read.then((found) => found ?? forget(), forget);
    return read;
  }

  async function readVersion(organization: string, module: Module, id: string, version: number): Promise<RuleVersion | null> {
    const [stored] = await store.definitions.versions(organization, [{ id, version }]);
    if (!stored || stored.kind !== "WorkflowRule") return null;
    // Its kind says what was parsed before it was written, and its conditions were made by `toConditions`.
    const document = stored.document as WorkflowRule;
    const conditions = stored.conditions as readonly (TopLevelCondition | null)[];
    const set = compileRuleSet(module, current(organization).organization.timeZone, [
      toRuleVersion({ id, name: document.name, version, active: true }, document, conditions),
    ]);
    const rule = set.rules[0];
    return rule ? { set, rule } : null;
  }

  function current(organization: string): Snapshot {
    let snapshot = snapshots.get(organization);
    if (!snapshot) snapshots.set(organization, (snapshot = createSnapshot(organization, EMPTY_GENERATION, [])));
    return snapshot;
  }

  for (const organization of await store.definitions.organizations()) await refresh(organization);
  return { organizations: () => [...snapshots.keys()], at, current, ruleVersion, install, refresh, catchUp, inTurn };
}
