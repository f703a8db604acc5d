import { spawn } from "node:child_process";

/**
 * Kills a child of this process when this process is gone, however it went: a test that is killed leaves nothing running.
 * @param folder removed with it.
 * @returns how to call it off, once the child has ended by itself.
 */
export function watchdog(pid: number, folder = ""): () => void {
  // The pipe from us closes with us. Its own session, so that a Ctrl-C on the terminal does not end it before its work is done.
  const script = 'cat > /dev/null; kill -9 "$1"; [ -z "$2" ] || rm -rf "$2"';
  const dog = spawn("/bin/sh", ["-c", script, "watchdog", String(pid), folder], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  dog.unref();
  // A pipe to a process whose handle is let go of would still keep this one alive.
  if (dog.stdin !== null && "unref" in dog.stdin && typeof dog.stdin.unref === "function") dog.stdin.unref();
  return () => {
    if (dog.pid === undefined || dog.exitCode !== null || dog.signalCode !== null) return;
    process.kill(-dog.pid, "SIGKILL");
  };
}
