// A process of its own on a store, whose clock is moved from outside and which kills itself where it is told to.
// node process.js <Beginning as JSON>, with an IPC channel
import { compose } from "../../../src/compose.ts";
import { readConfig } from "../../../src/config.ts";
import { aroundStore } from "../../support/around-store.ts";
import type { Beginning, Death, Said, Told } from "./messages.ts";
import { movedClock } from "./moved-clock.ts";

const { store, port, functions, ahead, timers } = JSON.parse(process.argv[2] ?? "{}") as Beginning;
const NEVER = new Promise<never>(() => undefined);
// All of them are on the machine of the store: one clock.
const clock = movedClock(ahead, timers);
let death: Death | null = null;
let passed = 0;

function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return NEVER;
}

async function around(call: string, work: () => Promise<unknown>): Promise<unknown> {
  const isIt = death !== null && (death.call === null || death.call === call) && passed++ === death.after;
  if (isIt && death?.when === "before") return die();
  const answer = await work();
  return isIt ? die() : answer;
}

/** A function of the embedding program: it tells the receiver which one it is, and its day. */
async function call(name: string): Promise<void> {
  const day = new Date(clock.now()).toISOString().slice(0, 10);
  const answer = await fetch(`http://127.0.0.1:${port}/sync`, { method: "POST", headers: { "webhook-id": `${name} ${day}` } });
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
}

const say = (said: Said): void => void process.send?.(said);
const tell = (details: object, message: string): void => console.error(message, details);

const config = readConfig(
  {
    RULEWRIGHT_SECRET_KEY: "a-secret-key-of-32-characters-or-more",
    RULEWRIGHT_OUTBOUND_ALLOW: "127.0.0.0/8",
    RULEWRIGHT_OUTBOUND_PORTS: String(port),
  },
  { store },
);
const app = await compose(config, {
  clock,
  wrapStore: (opened) => aroundStore(opened, around),
  functions: Object.fromEntries(functions.map((name) => [name, () => call(name)])),
  log: { info: () => undefined, warn: () => undefined, error: tell },
});

process.on("message", (told: Told) => void hear(told));
process.once("disconnect", () => process.exit(0));
app.engine.start();
await app.engine.idle();
say("up");

async function hear(told: Told): Promise<void> {
  if ("death" in told) {
    death = told.death;
    passed = 0;
    return say("heard");
  }
  clock.setAhead(told.ahead);
  await app.engine.idle();
  say("moved");
}
