import { BlockList } from 'node:net';

/** All addresses of both families. */
export const EVERY_ADDRESS: readonly string[] = ['0.0.0.0/0', '::/0'];

/** Whether an address or range is one of IPv6. */
export function isIpv6(addressOrRange: string): boolean {
  return addressOrRange.includes(':');
}

/** A single address as a range. */
export function hostCidr(address: string): string {
  return `${address}/${isIpv6(address) ? 128 : 32}`;
}

type Family = 'ipv4' | 'ipv6';

function parse(cidr: string): { network: string; bits: number; family: Family } {
  const [network = '', bits] = cidr.split('/');
  return { network, bits: Number(bits), family: isIpv6(network) ? 'ipv6' : 'ipv4' };
}

export function contains(cidrs: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const { network, bits, family } of cidrs.map(parse)) list.addSubnet(network, bits, family);
  return list.check(address, isIpv6(address) ? 'ipv6' : 'ipv4');
}

/** Two ranges overlap when one contains the network address of the other. */
export function overlap(a: string, b: string): boolean {
  return contains([a], parse(b).network) || contains([b], parse(a).network);
}
