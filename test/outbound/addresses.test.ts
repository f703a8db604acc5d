import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAddressPolicy } from "../../src/outbound/addresses.ts";

const policy = createAddressPolicy({ allow: [] });

describe("addresses that may not be reached", () => {
  it.each([
    // IANA IPv4 special-purpose registry, first and last of each block
    "0.0.0.0",
    "0.1.2.3",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.0.0",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.0.255",
    "192.0.2.0",
    "192.0.2.255",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.0.0",
    "192.168.255.255",
    "192.175.48.1",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.255",
    "240.0.0.0",
    "255.255.255.254",
    "255.255.255.255",
    // multicast
    "224.0.0.1",
    "239.255.255.255",
    // clouds: AWS/GCP/Azure metadata, ECS, Azure wire server, Alibaba, Oracle
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    // IANA IPv6 special-purpose registry
    "::",
    "::1",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:1::1",
    "2001:2::1",
    "2001:3::1",
    "2001:4:112::1",
    "2001:10::1",
    "2001:20::1",
    "2001:30::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2620:4f:8000::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "3ffe::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "4000::1",
    "1000::1",
    "8000::1",
    // IPv4 inside IPv6
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:a83f:8110",
    "::ffff:0:127.0.0.1",
    "::ffff:0:8.8.8.8",
    "::127.0.0.1",
    "::8.8.8.8",
    // no addresses, or not for off the link
    "",
    "localhost",
    "127.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "2130706433",
    "1.2.3",
    "256.1.1.1",
    "fe80::1%eth0",
    "2606:4700:4700::1111%eth0",
    "[::1]",
    "1.1.1.1/32",
    " 1.1.1.1",
    "１.1.1.1",
  ])("%s", (address) => {
    expect(policy.permits(address)).toBe(false);
  });
});

it.each([
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "168.63.129.15",
  "168.63.129.17",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.0.3.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2000::1",
  "2001:200::1",
  "2001:4860:4860::8888",
  "2003::1",
  "2606:4700:4700::1111",
  "2620:4f:7fff::1",
  "2a00:1450:4001::1",
  "3ffd::1",
  "3fff:1000::1",
  "::ffff:8.8.8.8",
  "::ffff:808:808",
])("%s is the public internet", (address) => {
  expect(policy.permits(address)).toBe(true);
});

describe("allowed blocks", () => {
  it.each([
    [["127.0.0.0/8"], "127.5.5.5", true],
    [["127.0.0.0/8"], "::ffff:127.0.0.1", true],
    [["127.0.0.0/8"], "::1", false],
    [["127.0.0.0/8"], "10.0.0.1", false],
    [["10.1.2.3"], "10.1.2.3", true],
    [["10.1.2.3"], "10.1.2.4", false],
    [["::1/128"], "::1", true],
    [["::1"], "127.0.0.1", false],
    [["fd00::/8", "10.0.0.0/8"], "fd12::1", true],
    [["fd00::/8"], "fd12::1%eth0", false],
  ] as const)("%j: %s -> %s", (allow, address, expected) => {
    expect(createAddressPolicy({ allow }).permits(address)).toBe(expected);
  });

  it.each([
    "",
    "localhost",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/-1",
    "10.0.0/8",
    "10.0.0.0/8/8",
    "10.0.0.0/8,::1",
    "0x0a.0.0.0/8",
    "fe80::1%eth0/64",
  ])("refuses %j", (cidr) => {
    expect(() => createAddressPolicy({ allow: ["127.0.0.0/8", cidr] })).toThrow(
      expect.objectContaining({ code: "validation_failed", issues: [expect.objectContaining({ path: "allow.1" })] }),
    );
  });
});

describe("an independent table", () => {
  const SPECIAL_4 = [
    [0, 8],
    [10, 8],
    [0x6440, 10, 16],
    [127, 8],
    [0xa83f8110, 32, 32],
    [0xa9fe, 16, 16],
    [0xac10, 12, 16],
    [0xc00000, 24, 24],
    [0xc00002, 24, 24],
    [0xc01fc4, 24, 24],
    [0xc034c1, 24, 24],
    [0xc05863, 24, 24],
    [0xc0a8, 16, 16],
    [0xc0af30, 24, 24],
    [0xc612, 15, 16],
    [0xc63364, 24, 24],
    [0xcb0071, 24, 24],
    [0xe0, 4],
    [0xf0, 4],
  ] as const;
  const special4 = (address: number): boolean =>
    SPECIAL_4.some(([start, bits, width = 8]) => Math.floor(address / 2 ** (32 - bits)) === Math.floor(start / 2 ** (width - bits)));
  const special6 = (address: bigint): boolean => {
    const top = (bits: number): bigint => address >> BigInt(128 - bits);
    if (top(96) === 0xffffn) return special4(Number(address & 0xffffffffn));
    return (
      top(3) !== 1n ||
      top(23) === 0x20010000n >> 9n ||
      top(32) === 0x20010db8n ||
      top(16) === 0x2002n ||
      top(48) === 0x2620004f8000n ||
      top(16) === 0x3ffen ||
      top(20) === 0x3fff0n
    );
  };
  const text6 = (address: bigint): string =>
    Array.from({ length: 8 }, (_, group) => ((address >> BigInt(112 - 16 * group)) & 0xffffn).toString(16)).join(":");
  const edge4 = fc.constantFrom(...SPECIAL_4.map(([start, , width = 8]) => start * 2 ** (32 - width)));

  it("agrees on IPv4 addresses, random and at the edges of blocks", () => {
    const address = fc.oneof(
      fc.nat(0xffffffff),
      fc.tuple(edge4, fc.integer({ min: -2, max: 2 })).map(([edge, by]) => Math.min(Math.max(edge + by, 0), 0xffffffff)),
    );
    fc.assert(
      fc.property(address, (value) => {
        const text = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
        expect([text, policy.permits(text)]).toEqual([text, !special4(value)]);
        expect([text, policy.permits(`::ffff:${text}`)]).toEqual([text, !special4(value)]);
      }),
      { numRuns: 20_000 },
    );
  });

  it("agrees on IPv6 addresses, random and near special blocks", () => {
    const prefix = fc.constantFrom(
      0n,
      0xffffn << 32n,
      0x2001n << 112n,
      0x20010db8n << 96n,
      0x2002n << 112n,
      0x2620004f8000n << 80n,
      0x3ffen << 112n,
      0x3fffn << 112n,
      0x2000n << 112n,
    );
    const address = fc.oneof(
      fc.bigInt(0n, (1n << 128n) - 1n),
      fc.tuple(prefix, fc.integer({ min: 0, max: 112 }), fc.bigInt(0n, 0xffffn)).map(([base, shift, low]) => base | (low << BigInt(shift))),
    );
    fc.assert(
      fc.property(address, (value) => {
        expect([text6(value), policy.permits(text6(value))]).toEqual([text6(value), !special6(value)]);
      }),
      { numRuns: 20_000 },
    );
  });
});
