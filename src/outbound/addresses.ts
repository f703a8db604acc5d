import { BlockList, isIPv4, isIPv6 } from "node:net";
import { RulewrightError, type Issue } from "../model/errors.ts";

/** IPv4 blocks that are not the public internet: the IANA special-purpose registry whole, multicast, and Azure's wire server, which is in no registry. */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

/** All that IANA has given out for global unicast. Whatever is outside (loopback, ULA, link-local, NAT64, SRv6, ...) is refused without being named. */
const GLOBAL_IPV6 = "2000::/3";

/** Special blocks inside it: protocol assignments (Teredo, ORCHID, benchmarking, AMT, ...), documentation, 6to4, AS112, the returned 6bone. */
const SPECIAL_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20"] as const;

const MAPPED_IPV4 = "::ffff:0:0/96";

/** Verdicts remembered: a URL that holds an address is judged at every call, and BlockList costs 2 us. */
const MOST_JUDGED = 1_000;

export type AddressPolicy = {
  /** May a connection be made to this IP address? Anything that is not an address is refused. */
  permits(address: string): boolean;
};

/**
 * Which IP addresses outgoing calls may reach: the public internet and the `allow` blocks.
 * @param options.allow CIDRs such as `127.0.0.0/8`; a bare address is a block of one.
 * @throws RulewrightError validation_failed for what is not a CIDR.
 */
export function createAddressPolicy({ allow }: { readonly allow: readonly string[] }): AddressPolicy {
  const allowed = blocks(allow);
  const special4 = blocks(SPECIAL_IPV4);
  const global6 = blocks([GLOBAL_IPV6]);
  const special6 = blocks(SPECIAL_IPV6);
  // A list of its own: in one list with the others, Node would find every IPv4 address in this block.
  const mapped = blocks([MAPPED_IPV4]);

  function judge(address: string): boolean {
    if (isIPv4(address)) return !special4.check(address, "ipv4") || allowed.check(address, "ipv4");
    // A zone (`fe80::1%eth0`) only exists on what never leaves the link.
    if (!isIPv6(address) || address.includes("%")) return false;
    if (allowed.check(address, "ipv6")) return true;
    // BlockList judges a mapped address by its IPv4 rules.
    if (mapped.check(address, "ipv6")) return !special4.check(address, "ipv6");
    return global6.check(address, "ipv6") && !special6.check(address, "ipv6");
  }

  const judged = new Map<string, boolean>();
  return {
    permits(address) {
      const known = judged.get(address);
      if (known !== undefined) return known;
      if (judged.size === MOST_JUDGED) judged.clear();
      const verdict = judge(address);
      judged.set(address, verdict);
      return verdict;
    },
  };
}

function blocks(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  const issues: Issue[] = [];
  for (const [index, cidr] of cidrs.entries()) {
    const match = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i.exec(cidr.trim());
    const address = match?.[1] ?? "";
    const family = isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : null;
    const most = family === "ipv4" ? 32 : 128;
    const prefix = Number(match?.[2] ?? most);
    if (family === null || prefix > most)
      issues.push({ path: `allow.${index}`, message: `expected a CIDR such as 127.0.0.0/8, got "${cidr}"` });
    else list.addSubnet(address, prefix, family);
  }
  if (issues[0]) throw new RulewrightError("validation_failed", issues[0].message, { issues });
  return list;
}
